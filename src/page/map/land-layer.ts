// The land, drawn once a size and once a colour: Natural Earth's, public domain, at 1:110,000,000.

import { geoGraticule10, geoPath } from "d3-geo";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import land from "world-atlas/land-110m.json";
import type { Colours } from "./colours.ts";
import type { Plane } from "./plane.ts";

// The package declares no types for its maps.
const topology = land as unknown as Topology<{ readonly land: GeometryCollection }>;
const shape = feature(topology, topology.objects.land);
const lines = geoGraticule10();
/** South of it lies nothing but the ice, which the map leaves out. Degrees north. */
const ICE = -60;
const places = {
  type: "MultiPolygon" as const,
  coordinates: shape.features
    .flatMap(({ geometry }) => (geometry.type === "MultiPolygon" ? geometry.coordinates : []))
    .filter((polygon) => polygon[0]?.some(([, latitude = 0]) => latitude > ICE)),
};

export function drawLand(canvas: HTMLCanvasElement, plane: Plane, colours: Colours): void {
  const pen = penOn(canvas, plane);
  const path = geoPath(plane.projection, pen);
  pen.beginPath();
  path(lines);
  pen.strokeStyle = colours.shore;
  pen.globalAlpha = 0.35;
  pen.lineWidth = 0.5;
  pen.stroke();
  pen.globalAlpha = 1;
  pen.beginPath();
  path(places);
  pen.fillStyle = colours.land;
  pen.fill();
  pen.strokeStyle = colours.shore;
  pen.lineWidth = 0.8;
  pen.stroke();
}

/** A cleared canvas as fine as the screen, in the plane's units. */
export function penOn(canvas: HTMLCanvasElement, { width, height }: Plane): CanvasRenderingContext2D {
  const ratio = Math.min(2, devicePixelRatio);
  const [pixelsX, pixelsY] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== pixelsX) canvas.width = pixelsX;
  if (canvas.height !== pixelsY) canvas.height = pixelsY;
  const pen = canvas.getContext("2d");
  if (pen === null) throw new Error("Cannot draw the map: this browser gives no canvas");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  return pen;
}
