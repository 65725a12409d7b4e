// Who is asking is said only where it matters: kept tiles are shared by those without cookies.
import { describe, expect, it, vi } from "vitest";

vi.mock("maplibre-gl", () => ({}));
import { credentialsFor } from "../src/map/tiles";

describe("tiles", () => {
  it("of public layers are fetched without cookies", () => {
    expect(credentialsFor("http://x/tiles/a/1/2/3/4.mvt?d=0123456789ab")).toBe("omit");
  });

  it("of internal layers are fetched as the reader", () => {
    expect(credentialsFor("http://x/tiles/a/1/2/3/4.mvt?d=0123456789ab&as=reader")).toBe("same-origin");
  });
});
