// What each address does. The compiler sees to it that none is without a handler.

import type { Permissions } from "../../core/access/permissions.ts";
import type { ServerConfig } from "../../core/config/herd-config.ts";
import type { AddressName } from "./addresses.ts";
import type { Env } from "../env/env.ts";
import { getFeed } from "./feed.ts";
import { getHealth, getHerd, getMetrics } from "./herd-status.ts";
import { connectClient, getStatus, postLines } from "./lines.ts";
import { getLog } from "./log.ts";
import { nearestChoice, nearestConnection, nearestLines } from "./nearest.ts";
import { getDataCentre, newEpoch, restore } from "./operator.ts";
import { getPage } from "./page.ts";
import { getReports } from "./reports.ts";
import { setService } from "./service.ts";

/** `server`: the one that the path names, if it names one. `permissions`: of whoever was admitted. */
export type Handler = (
  request: Request,
  env: Env,
  server: ServerConfig,
  permissions: Permissions | undefined,
) => Promise<Response> | Response;

/** Of an address that names no server. */
export type HerdHandler = (request: Request, env: Env) => Promise<Response> | Response;

export const HERD_HANDLERS = {
  page: getPage,
  herd: getHerd,
  health: getHealth,
  metrics: getMetrics,
  nearestChoice: nearestChoice,
  nearestConnection: (request: Request, env: Env) => nearestConnection(request, env, connectClient),
  nearestLines: (request: Request, env: Env) => nearestLines(request, env, postLines),
} as const satisfies Partial<Record<AddressName, HerdHandler>>;

type OfHerd = keyof typeof HERD_HANDLERS;

export const SERVER_HANDLERS: Readonly<Record<Exclude<AddressName, OfHerd>, Handler>> = {
  status: getStatus,
  connection: connectClient,
  lines: postLines,
  reports: getReports,
  log: getLog,
  logFollowed: getLog,
  where: getDataCentre,
  drain: setService(true),
  resume: setService(false),
  down: setService(true),
  up: setService(false),
  epoch: newEpoch,
  restore: restore,
  peer: getFeed,
};
