/** Makes the language's own loops count: what runs inside one of its functions asks nobody whether to go on. */

/**
 * Run before the script. Functions of lists and texts are charged for the lengths they walk over, and steps of list iterators
 * become calls, which the engine counts; `__open` ends the evaluation.
 */
export const GUARDS = `
(function () {
  var open = __open, spent = 0, most = 200000000;
  var apply = Reflect.apply, describe = Object.getOwnPropertyDescriptor, define = Object.defineProperty;
  function charge(work) {
    spent += work > 0 ? work : 0;
    if (spent > most) open("what the script does, within the work it may take");
  }
  function lengthOf(list) {
    if (list === null || list === undefined) return 0;
    var own = typeof list === "object" || typeof list === "function" ? describe(list, "length") : undefined;
    if (own !== undefined && own.get !== undefined) open("what a list without a fixed length holds");
    return Number(list.length);
  }
  function guard(owner, name, work) {
    var own = describe(owner, name);
    if (own === undefined || typeof own.value !== "function" || name === "constructor" || !own.configurable) return;
    var original = own.value;
    own.value = function () {
      charge(work(this, arguments));
      return apply(original, this, arguments);
    };
    define(owner, name, own);
  }
  function walked(list) { return 1 + lengthOf(list); }
  function repeated(text, given) { return (1 + lengthOf(text)) * (1 + Number(given[0])); }
  function padded(text, given) { return Number(given[0]); }
  function searched(text, given) {
    var sought = typeof given[0] === "string" ? given[0].length : 1;
    return (1 + lengthOf(text)) * Math.max(1, Math.min(sought, 1000));
  }
  [Array.prototype, Object.getPrototypeOf(Uint8Array.prototype)].forEach(function (owner) {
    Object.getOwnPropertyNames(owner).forEach(function (name) { guard(owner, name, walked); });
  });
  Object.getOwnPropertyNames(String.prototype).forEach(function (name) {
    guard(String.prototype, name, name === "repeat" ? repeated : name.indexOf("pad") === 0 ? padded : searched);
  });
  var iterators = Object.getPrototypeOf([][Symbol.iterator]());
  guard(iterators, "next", function () { return 1; });
})();
`;
