// The distance between two places on earth, computed in another way than the herd does: by the chord between two unit vectors.

interface Degrees {
  readonly latitude: number;
  readonly longitude: number;
}

/** Along the surface of a sphere with the earth's mean radius. */
export function chordKm(from: Degrees, to: Degrees): number {
  const [a, b] = [unitVector(from), unitVector(to)];
  const chord = Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z);
  return 6371.0088 * 2 * Math.atan2(chord / 2, Math.hypot(a.x + b.x, a.y + b.y, a.z + b.z) / 2);
}

function unitVector({ latitude, longitude }: Degrees): { x: number; y: number; z: number } {
  const [north, east] = [(latitude * Math.PI) / 180, (longitude * Math.PI) / 180];
  return { x: Math.cos(north) * Math.cos(east), y: Math.cos(north) * Math.sin(east), z: Math.sin(north) };
}
