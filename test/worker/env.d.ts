// What `cloudflare:workers` gives a test: the Worker's own bindings, and its own exports.

declare namespace Cloudflare {
  interface Env extends Record<keyof import("../../src/worker/env.ts").Env, unknown> {
    HERD_SERVER: DurableObjectNamespace<import("../../src/worker/server-object.ts").ServerObject>;
    ASSETS: Fetcher;
    LOG_LEVEL: string;
    HERD_CONFIG: string;
    GOOGLE_PLACES_KEY: string;
    OPERATOR_TOKEN: string;
  }
  interface GlobalProps {
    mainModule: typeof import("../../src/worker/index.ts");
    durableNamespaces: "ServerObject";
  }
}
