// The phone on the map: dot, ring of accuracy, arrow of where it points, and following until a finger moves the map.
import { type GeoJSONSource, type Map as MapLibreMap, Marker } from "maplibre-gl";
import { drawn, el } from "../shell/dom";
import { followHeading } from "../place/heading";
import { follow, type Position, type PositionError } from "../place/position";

const ARROW = "M0 -22 L9 -4 L0 -9 L-9 -4 Z";

export class Me {
  readonly #map: MapLibreMap;
  readonly #marker: Marker;
  readonly #arrow: SVGElement;
  #onState: (follows: boolean) => void = () => undefined;
  #stops: (() => void)[] = [];
  #follows = false;
  #centred = false;

  constructor(map: MapLibreMap) {
    this.#map = map;
    this.#arrow = drawn("-24 -24 48 48", [ARROW], "me-arrow");
    this.#arrow.style.display = "none";
    this.#marker = new Marker({ element: el("div", { class: "me-box" }, this.#arrow, el("div", { class: "me-marker" })) });
    map.on("dragstart", () => this.#following(false));
  }

  /** The button was made anew. */
  listen(onState: (follows: boolean) => void): void {
    this.#onState = onState;
    onState(this.#follows);
  }

  /** Another screen moves the map now. */
  release(): void {
    this.#following(false);
  }

  #following(follows: boolean): void {
    this.#follows = follows;
    this.#onState(follows);
  }

  /** First press: show and follow; again while following: stop following. */
  press(onError: (error: PositionError) => void): void {
    this.#following(!this.#follows || !this.#stops.length);
    this.#centred = false;
    if (this.#stops.length) return;
    this.#stops = [
      follow((position) => this.#moved(position), (error) => {
        this.#following(false);
        // Without a watch the next press begins one: the permission may have been given since.
        if (error !== "failed") queueMicrotask(() => this.stop());
        onError(error);
      }),
      followHeading((degrees) => this.#turn(degrees)),
    ];
  }

  #turn(degrees: number): void {
    this.#arrow.style.display = "";
    this.#arrow.style.rotate = `${Math.round(degrees - this.#map.getBearing())}deg`;
  }

  #moved(position: Position): void {
    const at: [number, number] = [position.lon, position.lat];
    this.#marker.setLngLat(at).addTo(this.#map);
    this.#map.getSource<GeoJSONSource>("officer-ring")?.setData(ring(position));
    if (!this.#follows) return;
    const zoom = this.#centred ? this.#map.getZoom() : Math.max(this.#map.getZoom(), position.accuracy > 200 ? 14 : 17);
    this.#centred = true;
    this.#map.easeTo({ center: at, zoom, duration: 300 });
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.#stops = [];
    this.#marker.remove();
    this.#following(false);
  }
}

/** A ring of `accuracy` metres as a polygon; fine on a sphere at this size. */
function ring({ lon, lat, accuracy }: Position): GeoJSON.Feature<GeoJSON.Polygon> {
  const degrees = accuracy / 111_320;
  const squeeze = Math.cos((lat * Math.PI) / 180);
  const points = Array.from({ length: 49 }, (_, i): [number, number] => {
    const angle = (i / 48) * 2 * Math.PI;
    return [lon + (degrees * Math.cos(angle)) / squeeze, lat + degrees * Math.sin(angle)];
  });
  return { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [points] } };
}
