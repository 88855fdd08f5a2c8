/** What Prometheus asks for: runtimes by state, spares, how long launches and requests take, and the process itself. */
import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

import { RUNTIME_STATES, type IRuntimeResource } from '@jupyterlab-runtimes/core';

export interface IMetricsSources {
  /** The states of all runtimes, of every owner. */
  states(): Iterable<IRuntimeResource['state']>;
  /** Watches of `GET /events` that are open. */
  watchers(): number;
  /** Runtimes that are ready before anybody has asked for them. */
  spares(): number;
}

const LAUNCH_BUCKETS = [0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 20, 40, 60, 120, 300];
const REQUEST_BUCKETS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30];

export class Metrics {
  constructor(sources: IMetricsSources) {
    const registers = [this._registry];
    collectDefaultMetrics({ register: this._registry });
    new Gauge({
      name: 'runtimes',
      help: 'Runtimes on record, by state',
      labelNames: ['state'],
      registers,
      collect() {
        RUNTIME_STATES.forEach(state => this.set({ state }, 0));
        for (const state of sources.states()) {
          this.inc({ state });
        }
      }
    });
    new Gauge({
      name: 'runtimes_event_streams',
      help: 'Open streams of events',
      registers,
      collect() {
        this.set(sources.watchers());
      }
    });
    new Gauge({
      name: 'runtimes_spares',
      help: 'Runtimes that are ready before anybody has asked for them',
      registers,
      collect() {
        this.set(sources.spares());
      }
    });
    this._launches = new Histogram({
      name: 'runtimes_launch_duration_seconds',
      help: 'From the request of a runtime until its kernel answered',
      buckets: LAUNCH_BUCKETS,
      registers
    });
    this._failures = new Counter({
      name: 'runtimes_failed_total',
      help: 'Runtimes that failed, at launch or later',
      registers
    });
    this._requests = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Calls of the interface; not what goes through to runtimes',
      labelNames: ['method', 'route', 'status'],
      buckets: REQUEST_BUCKETS,
      registers
    });
  }

  readonly contentType = 'text/plain; version=0.0.4; charset=utf-8';

  /** For the list of runtimes. */
  readonly listener = {
    changed: ({ id, state, started_at: started, created_at: created }: IRuntimeResource): void => {
      if (this._states.get(id) === state) {
        return;
      }
      if (state === 'running' && STARTS.has(this._states.get(id)) && started !== null) {
        this._launches.observe((Date.parse(started) - Date.parse(created)) / 1000);
      }
      if (state === 'failed' && this._states.has(id)) {
        this._failures.inc();
      }
      this._states.set(id, state);
    },
    removed: (id: string): void => void this._states.delete(id)
  };

  text(): Promise<string> {
    return this._registry.metrics();
  }

  /** Time the calls of a server, by route. */
  watch(app: FastifyInstance): void {
    app.addHook('onResponse', async (request, reply) => {
      const route = request.routeOptions.url ?? 'none';
      if (!request.routeOptions.config.isStream) {
        this._requests.observe(
          { method: request.method, route, status: reply.statusCode },
          reply.elapsedTime / 1000
        );
      }
    });
  }

  private readonly _registry = new Registry();
  private readonly _launches: Histogram;
  private readonly _failures: Counter;
  private readonly _requests: Histogram<'method' | 'route' | 'status'>;
  /** The last state that was told of each runtime. */
  private readonly _states = new Map<string, string>();
}

/** A launch that was taken over from an earlier service took as long as that was away: it is not counted. */
const STARTS = new Set<string | undefined>(['requested', 'queued', 'starting']);

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Lasts as long as its client wants: how long says nothing. */
    readonly isStream?: boolean;
  }
}
