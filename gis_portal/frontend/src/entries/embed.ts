// Leaflet and the portal's tiles for pages that Folium writes; Folium's inline script expects a global L.
import "leaflet/dist/leaflet.css";
import "../styles/embed.css";
import L from "leaflet";
import { portalFit, portalFrame } from "../embed/frame";
import { portalTiles } from "../embed/portal-tiles";

declare global {
  interface Window {
    L: typeof L & {
      portalTiles: typeof portalTiles;
      portalFrame: typeof portalFrame;
      portalFit: typeof portalFit;
    };
  }
}

window.L = Object.assign({}, L, { portalTiles, portalFrame, portalFit });
