/**
 * Node as a place for specs that ends as a page does, with the timers that are left: Lumino's `Poll` keeps its last
 * one, of up to a minute, when it is disposed.
 */
const { TestEnvironment } = require('jest-environment-node');

module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    const { setTimeout: begin } = this.global;
    this.global.setTimeout = Object.assign((...call) => {
      const timer = begin(...call);
      this._timers.push(timer);
      return timer;
    }, begin);
  }

  async teardown() {
    this._timers.forEach(clearTimeout);
    await super.teardown();
  }

  _timers = [];
};
