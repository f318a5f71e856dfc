// What `cloudflare:workers` gives a test: the Worker's own bindings, and its own exports.

declare namespace Cloudflare {
  interface Env extends Record<keyof import("../../src/worker/env/env.ts").Env, unknown> {
    HERD_SERVER: DurableObjectNamespace<import("../../src/worker/object/server-object.ts").ServerObject>;
    ASSETS: Fetcher;
    LOG_LEVEL: string;
    HERD_CONFIG: string;
    GOOGLE_PLACES_KEY: string;
    AUTH_SECRET: string;
    AUTH_SECRET_PREVIOUS: string;
    OPERATOR_TOKEN: string;
    PEER_TOKEN: string;
    HERD_LOCAL: string;
  }
  interface GlobalProps {
    mainModule: typeof import("../../src/worker/index.ts");
    durableNamespaces: "ServerObject";
  }
}

/** A file as text. */
declare module "*?raw" {
  const text: string;
  export default text;
}
