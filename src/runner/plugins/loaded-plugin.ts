import type { Plugin } from "../../plugin.ts";

export interface LoadedPlugin {
  /** As the configuration names it. */
  readonly spec: string;
  readonly path: string;
  readonly plugin: Plugin;
  /** Hash of its source files, those of packages that it uses not among them. Says nothing about where they lie. */
  readonly digest: string;
}

/** A plugin that cannot be used, and why. */
export interface BrokenPlugin {
  readonly spec: string;
  readonly reason: string;
}

/** In words that name it. */
export const describeBroken = ({ spec, reason }: BrokenPlugin): string =>
  `plugin ${spec}: ${reason}`;
