// The feed of a server in another deployment. It shows the token that the deployments share. Keeps HD3 and HD27.

import type { ServerConfig } from "../../core/config/herd-config.ts";
import { isPeer } from "../auth/bearer-token.ts";
import { shortSecretAnswer } from "../auth/secret-trouble.ts";
import type { Env } from "../env/env.ts";
import { serverStub } from "../env/herd.ts";
import { problem } from "../respond/problem.ts";
import { isUpgrade } from "../respond/upgrade.ts";
import { FEED_PATH } from "../transport/feed-request.ts";

export async function getFeed(request: Request, env: Env, server: ServerConfig): Promise<Response> {
  if (!(await isPeer(request, env)))
    return (
      shortSecretAnswer("PEER_TOKEN", env) ??
      problem(
        401,
        "A feed shows the token that the deployments of the herd share",
        {},
        { "WWW-Authenticate": "Bearer" },
      )
    );
  if (!isUpgrade(request)) return problem(426, "A feed is a WebSocket", {}, { Upgrade: "websocket" });
  const { search } = new URL(request.url);
  return serverStub(env, server).fetch(`https://herd${FEED_PATH}${search}`, { headers: { Upgrade: "websocket" } });
}
