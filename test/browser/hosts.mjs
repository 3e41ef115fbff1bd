// What the hosts of widgets do with a module, each as its own code does it, and a count of what a page holds.

/** Follows what is started and ended in this page; call it before anything else. Returns the counts so far. */
export function watch() {
  const open = {
    workers: new Set(),
    urls: new Set(),
    timers: new Set(),
    frames: new Set(),
    observed: new Set(),
  };
  const listeners = [];
  const RealWorker = Worker;
  globalThis.Worker = class extends RealWorker {
    constructor(...rest) {
      super(...rest);
      open.workers.add(this);
    }
    terminate() {
      super.terminate();
      open.workers.delete(this);
    }
  };
  const started = (object, start, end, set) => {
    const [begin, finish] = [object[start].bind(object), object[end].bind(object)];
    object[start] = (callback, ...rest) => {
      const id = begin(
        (...given) => {
          set.delete(id);
          callback(...given);
        },
        ...rest,
      );
      set.add(id);
      return id;
    };
    object[end] = (id) => {
      set.delete(id);
      finish(id);
    };
  };
  started(globalThis, "setTimeout", "clearTimeout", open.timers);
  started(globalThis, "requestIdleCallback", "cancelIdleCallback", open.timers);
  started(globalThis, "requestAnimationFrame", "cancelAnimationFrame", open.frames);
  const interval = setInterval.bind(globalThis);
  globalThis.setInterval = (...rest) => {
    const id = interval(...rest);
    open.timers.add(id);
    return id;
  };
  const [create, revoke] = [URL.createObjectURL, URL.revokeObjectURL];
  URL.createObjectURL = (blob) => {
    const url = create(blob);
    open.urls.add(url);
    return url;
  };
  URL.revokeObjectURL = (url) => {
    open.urls.delete(url);
    revoke(url);
  };
  for (const name of ["ResizeObserver", "IntersectionObserver"]) {
    const Real = globalThis[name];
    globalThis[name] = class extends Real {
      observe(...rest) {
        super.observe(...rest);
        open.observed.add(this);
      }
      disconnect() {
        super.disconnect();
        open.observed.delete(this);
      }
    };
  }
  const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
  const lasting = (target) =>
    target === undefined ||
    target === globalThis ||
    target === document ||
    target === document.documentElement ||
    target === document.body ||
    target instanceof MediaQueryList;
  const of = (target, type, listener, options) => (one) =>
    one.target === target &&
    one.type === type &&
    one.listener === listener &&
    one.capture === Boolean(options === true || options?.capture);
  EventTarget.prototype.addEventListener = function (type, listener, options) {
    add.call(this, type, listener, options);
    const capture = Boolean(options === true || options?.capture);
    // Playwright listens too
    const ours = !new Error().stack.includes("InjectedScript");
    if (ours && lasting(this) && !listeners.some(of(this, type, listener, options)))
      listeners.push({ target: this, type, listener, capture });
  };
  EventTarget.prototype.removeEventListener = function (type, listener, options) {
    remove.call(this, type, listener, options);
    const at = listeners.findIndex(of(this, type, listener, options));
    if (at >= 0) listeners.splice(at, 1);
  };
  globalThis.held = () => ({
    ...Object.fromEntries(Object.entries(open).map(([name, set]) => [name, set.size])),
    listeners: listeners
      .map(({ type }) => type)
      .sort()
      .join(" "),
    sheets: document.adoptedStyleSheets.length,
    elements: document.querySelectorAll("*").length,
  });
}

/** MyST: a model that throws at what it has not, the module imported by address, a shadow root; callbacks get an event. */
export async function myst(place, url, options) {
  const state = structuredClone(options);
  const target = new EventTarget();
  const none = (name) => () => {
    throw new Error(`MystAnyModel.${name} not implemented yet.`);
  };
  const model = {
    get: (name) => state[name],
    set(name, value) {
      state[name] = value;
      target.dispatchEvent(new CustomEvent(`change:${name}`, { detail: value }));
      target.dispatchEvent(new CustomEvent("change", { detail: value }));
    },
    on: (name, callback) => target.addEventListener(name, callback),
    off: none("off"),
    save_changes: none("save_changes"),
    send: none("send"),
    get widget_manager() {
      throw new Error("MystAnyModel.widget_manager does not exist.");
    },
  };
  const { default: widget } = await import(url); // never called, even where it is a function
  const afterInitialize = await widget.initialize?.({ model });
  const root = place.shadowRoot ?? place.attachShadow({ mode: "open" });
  const el = document.createElement("div");
  el.className = "myst-anywidget";
  el.style.position = "relative";
  root.replaceChildren(el);
  const afterRender = await widget.render?.({ model, el });
  return {
    set: model.set,
    async unmount() {
      await afterRender?.();
      await afterInitialize?.();
    },
  };
}

/** Of anywidget in Jupyter: loaded once for each model, however often it is shown. */
const modules = {};
async function load(text) {
  const blob = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const module = await import(blob);
  URL.revokeObjectURL(blob);
  return module;
}

/** anywidget in Jupyter: the module as text, imported from a blob; the light DOM; all changes are there before the first callback. */
export async function jupyter(place, url, options) {
  const text = await (await fetch(url)).text();
  const state = { _css: "", ...structuredClone(options) };
  let callbacks = [];
  const proxy = (context) => ({
    get: (name) => state[name],
    set: (name, value) => set({ [name]: value }),
    save_changes() {},
    send() {},
    on: (event, callback) => callbacks.push({ event, callback, context }),
    off(event, callback) {
      callbacks = callbacks.filter(
        (one) =>
          one.context !== context ||
          (event && one.event !== event) ||
          (callback && one.callback !== callback),
      );
    },
    widget_manager: {},
  });
  const set = (changes) => {
    Object.assign(state, changes);
    for (const name of Object.keys(changes))
      for (const { event, callback } of [...callbacks])
        if (event === `change:${name}`) callback({}, state[name], {});
  };
  modules[url] ??= load(text);
  const module = await modules[url];
  if (module.render) throw new Error("an exported render is deprecated");
  const widget = typeof module.default === "function" ? await module.default() : module.default;
  const experimental = { invoke: () => Promise.reject(new Error("no kernel")) };
  const controller = new AbortController();
  const { signal } = controller;
  const afterInitialize = await widget.initialize?.({ model: proxy("initialize"), experimental, signal });
  const el = document.createElement("div");
  el.className = "jupyter-widgets jp-OutputArea-output";
  place.append(el);
  const afterRender = await widget.render?.({ model: proxy("view"), el, experimental, signal });
  return {
    set,
    callbacks: () => callbacks.length,
    async unmount() {
      controller.abort();
      await afterRender?.();
      if (typeof afterInitialize === "function") await afterInitialize();
      el.remove();
    },
  };
}

/** marimo: a custom element whose shadow root has the host's sheets, a signal that ends a view, callbacks without a rule. */
export async function marimo(place, url, options) {
  const root = place.shadowRoot ?? place.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("button { background: rgb(1, 2, 3); border: 0 } .own { color: rgb(4, 5, 6) }");
  root.adoptedStyleSheets = [sheet];
  const el = document.createElement("div");
  root.replaceChildren(el);
  let state = structuredClone(options);
  const callbacks = {};
  const controller = new AbortController();
  const { signal } = controller;
  const model = {
    get: (name) => state[name],
    set(name, value) {
      state = { ...state, [name]: value };
      for (const callback of callbacks[`change:${name}`] ?? []) callback(value);
    },
    save_changes() {},
    send: () => Promise.resolve(),
    on(name, callback) {
      callbacks[name] ??= new Set();
      callbacks[name].add(callback);
    },
    off: (name, callback) => callbacks[name]?.delete(callback),
  };
  const { default: widget } = await import(url);
  const experimental = { invoke: () => Promise.reject(new Error("not supported in marimo")) };
  const host = {};
  await widget.initialize?.({ model, experimental, signal });
  el.innerHTML = "";
  const cleanup = await widget.render?.({ model, el, experimental, signal, host });
  if (cleanup) signal.addEventListener("abort", () => cleanup(), { once: true });
  return {
    set: model.set,
    hostSheets: () => root.adoptedStyleSheets.map((one) => one === sheet),
    unmount: async () => controller.abort(),
  };
}

/** A page of one's own. */
export async function plain(place, url, options) {
  const { mount } = await import(url);
  const unmount = mount(place, options);
  return { unmount: async () => unmount() };
}
