// A client that moves along a great circle at a steady speed: where it is at any time.
//
// The circle is given by two directions at right angles: where the client begins, and where it is after a quarter of the circle.
// A position is computed from the time alone, so a client costs nothing between its reports. Keeps HC9.

const EARTH_KM = 6371;

export interface Degrees {
  readonly latitude: number;
  readonly longitude: number;
}

type Direction = readonly [number, number, number];

export class MovingClient {
  readonly name: string;
  readonly #from: Direction;
  readonly #ahead: Direction;
  readonly #radiansPerSecond: number;

  /** `random` is in [0, 1). It draws the beginning, the heading, and the speed of 5 to 1000 km/h. */
  constructor(name: string, random: () => number) {
    this.name = name;
    const longitude = (random() * 2 - 1) * Math.PI;
    // Drawn evenly over the sphere. An even latitude would crowd the poles.
    const sine = random() * 2 - 1;
    const cosine = Math.sqrt(1 - sine * sine);
    const heading = random() * 2 * Math.PI;
    const [east, north] = [Math.sin(heading), Math.cos(heading)];
    const [sinLongitude, cosLongitude] = [Math.sin(longitude), Math.cos(longitude)];
    this.#from = [cosine * cosLongitude, cosine * sinLongitude, sine];
    this.#ahead = [
      -sinLongitude * east - sine * cosLongitude * north,
      cosLongitude * east - sine * sinLongitude * north,
      cosine * north,
    ];
    this.#radiansPerSecond = (5 + random() * 995) / 3600 / EARTH_KM;
  }

  /** Where it is this many seconds after it began. */
  at(seconds: number): Degrees {
    const angle = this.#radiansPerSecond * seconds;
    const [a, b] = [Math.cos(angle), Math.sin(angle)];
    const [x, y, z] = [0, 1, 2].map((axis) => a * (this.#from[axis] ?? 0) + b * (this.#ahead[axis] ?? 0));
    const degrees = 180 / Math.PI;
    return {
      latitude: Math.asin(Math.max(-1, Math.min(1, z ?? 0))) * degrees,
      longitude: Math.atan2(y ?? 0, x ?? 0) * degrees,
    };
  }
}
