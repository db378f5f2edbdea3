import { expect } from "chai";
import { type JsonValue, parseJson } from "../../../src/syntax/json.js";
import { expandTemplate } from "../../../src/vendors/azure/expand-template.js";

/** Plain JavaScript values of a tree, without lines. */
function plain(value: JsonValue): unknown {
  if (value.kind === "array") return value.items.map(plain);
  if (value.kind === "scalar") return value.value;
  return Object.fromEntries(value.members.map((member) => [member.key, plain(member.value)]));
}

function tree(document: unknown): JsonValue {
  return parseJson(JSON.stringify(document, undefined, 2)).value as JsonValue;
}

function expand(template: object, parameters: Readonly<Record<string, unknown>> = {}): unknown {
  const $schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";
  const given = new Map(Object.entries(parameters).map(([name, value]) => [name.toLowerCase(), tree(value)]));
  return plain(expandTemplate(tree({ $schema, ...template }), given).resources);
}

/** What an expression becomes in a template with these variables. */
function computed(expression: string, variables: object = {}, parameters: object = {}): unknown {
  return expand({ variables, parameters, resources: [{ value: `[${expression}]` }] });
}

describe("expandTemplate", () => {
  it("leaves a document that is no template as it is", () => {
    expect(plain(expandTemplate(tree({ a: "[concat('x')]" }), new Map()).resources)).to.deep.equal({
      a: "[concat('x')]",
    });
  });

  it("computes what follows from the template alone", () => {
    const variables = {
      net: "10.1",
      ports: ["80", "443"],
      tiers: { web: { prefix: "[concat(variables('net'), '.1.0/24')]" } },
    };
    for (const [expression, expected] of [
      ["concat(variables('net'), '.0.0/16')", "10.1.0.0/16"],
      ["variables('tiers').web.prefix", "10.1.1.0/24"],
      ["variables('tiers')['web']['prefix']", "10.1.1.0/24"],
      ["variables('ports')[1]", "443"],
      ["if(equals(variables('net'), '10.1'), 'yes', 'no')", "yes"],
      ["format('{0}.{1}/{2}', variables('net'), 2, 24)", "10.1.2/24"],
      ["concat(variables('ports'), createArray('8080'))", ["80", "443", "8080"]],
      ["union(variables('ports'), createArray('443', '22'))", ["80", "443", "22"]],
      ["last(split('a/b/c', '/'))", "c"],
      ["length(range(0, 3))", 3],
      [
        "map(variables('ports'), lambda('p', concat(lambdaVariables('p'), '-', lambdaVariables('p'))))",
        ["80-80", "443-443"],
      ],
      ["and(true(), not(false()), or(false(), greater(2, 1)))", true],
      ["coalesce(null(), 'x')", "x"],
      ["padLeft(add(1, 2), 3, '0')", "003"],
    ] as const) {
      expect(computed(expression, variables), expression).to.deep.equal([{ value: expected }]);
    }
  });

  it("keeps what is not certain as its expression, alone or as an item of a list", () => {
    const parameters = { given: { type: "string" } };
    for (const expression of [
      "parameters('given')",
      "concat('a', parameters('given'))",
      "if(equals(parameters('given'), 'a'), 'x', 'y')",
      "contains(createArray('a', parameters('given')), 'b')",
      "join(createArray('a', parameters('given')), ',')",
      "length(parameters('given'))",
      "uniqueString('x')",
      "concat('[', 'a]')",
      "variables('self')",
      "not an expression(",
    ]) {
      const value = computed(expression, { self: "[variables('self')]" }, parameters);

      expect(value, expression).to.deep.equal([{ value: `[${expression}]` }]);
    }
    expect(computed("createArray('a', parameters('given'))", {}, parameters)).to.deep.equal([
      { value: ["a", "[parameters('given')]"] },
    ]);
  });

  it("takes given parameters before defaults, and never reads an expression in them again", () => {
    const parameters = { a: { defaultValue: "usual" }, b: { defaultValue: "[parameters('a')]" } };
    const resources = [{ a: "[parameters('a')]", b: "[parameters('b')]" }];

    expect(expand({ parameters, resources })).to.deep.equal([{ a: "usual", b: "usual" }]);
    expect(expand({ parameters, resources }, { A: "given" })).to.deep.equal([{ a: "given", b: "given" }]);
    expect(expand({ parameters, resources }, { a: "[parameters('b')]" })).to.deep.equal([
      { a: "[parameters('a')]", b: "[parameters('b')]" },
    ]);
  });

  it("runs loops of resources, properties and variables, one in another too", () => {
    const variables = { copy: [{ name: "nets", count: 2, input: "[concat('10.', copyIndex('nets', 1), '.0.0/16')]" }] };
    const copy = { name: "groups", count: "[length(variables('nets'))]" };
    const rules = {
      name: "rules",
      count: 2,
      input: { name: "[format('r{0}{1}', copyIndex('groups'), copyIndex('rules'))]" },
    };
    const resource = { copy, name: "[variables('nets')[copyIndex()]]", properties: { copy: [rules] } };

    expect(expand({ variables, resources: [resource] })).to.deep.equal([
      { name: "10.1.0.0/16", properties: { rules: [{ name: "r00" }, { name: "r01" }] } },
      { name: "10.2.0.0/16", properties: { rules: [{ name: "r10" }, { name: "r11" }] } },
    ]);
  });

  it("means a resource's loop by a loop index without name, never that of a property", () => {
    const list = { name: "rules", count: 2, input: { a: "[copyIndex()]", b: "[copyIndex('rules')]" } };
    const copy = { name: "all", count: 1 };

    expect(expand({ resources: [{ copy: [list] }] })).to.deep.equal([
      {
        rules: [
          { a: "[copyIndex()]", b: 0 },
          { a: "[copyIndex()]", b: 1 },
        ],
      },
    ]);
    expect(expand({ resources: [{ copy, properties: { copy: [list] } }] })).to.deep.equal([
      {
        properties: {
          rules: [
            { a: 0, b: 0 },
            { a: 0, b: 1 },
          ],
        },
      },
    ]);
  });

  it("keeps a loop whose count is not known as something that cannot be read", () => {
    const parameters = { n: { type: "int" } };
    const list = { copy: [{ name: "rules", count: "[parameters('n')]", input: {} }] };
    const whole = { copy: { name: "all", count: "[parameters('n')]" }, name: "x" };

    expect(expand({ parameters, resources: [list] })).to.deep.equal([{ rules: "[copy]" }]);
    expect(expand({ parameters, resources: [whole] })).to.deep.equal([whole]);
  });

  it("leaves out resources whose condition is false, and keeps an open condition", () => {
    const parameters = { on: { type: "bool" } };
    const resources = [
      { name: "a", condition: "[equals(1, 2)]" },
      { name: "b", condition: true },
      { name: "c", condition: "[parameters('on')]" },
    ];

    expect(expand({ parameters, resources })).to.deep.equal([
      { name: "b" },
      { name: "c", condition: "[parameters('on')]" },
    ]);
  });

  it("opens nested deployments with the names they mean", () => {
    const nested = (scope: string) => ({
      type: "Microsoft.Resources/deployments",
      condition: "[parameters('on')]",
      properties: {
        expressionEvaluationOptions: { scope },
        parameters: { net: { value: "[variables('net')]" }, secret: { reference: {} } },
        template: {
          parameters: { net: { type: "string" }, secret: { defaultValue: "usual" }, other: { defaultValue: "o" } },
          variables: { net: "inner" },
          resources: [
            {
              a: "[parameters('net')]",
              b: "[variables('net')]",
              c: "[parameters('secret')]",
              d: "[parameters('other')]",
            },
          ],
        },
      },
    });
    const parameters = { net: { defaultValue: "outer parameter" }, on: { type: "bool" } };
    const outer = { parameters, variables: { net: "outer" } };
    const condition = "[parameters('on')]";

    expect(expand({ ...outer, resources: [nested("inner")] })).to.deep.equal([
      { a: "outer", b: "inner", c: "[parameters('secret')]", d: "o", condition },
    ]);
    expect(expand({ ...outer, resources: [nested("outer")] })).to.deep.equal([
      { a: "outer parameter", b: "outer", c: "[parameters('secret')]", d: "[parameters('other')]", condition },
    ]);
  });

  it("ends on templates made to grow without end", () => {
    const variables: Record<string, unknown> = { v0: ["x", "x"] };
    for (let i = 1; i < 60; i++) variables[`v${i}`] = [`[variables('v${i - 1}')]`, `[variables('v${i - 1}')]`];
    const deep = `[${"concat(".repeat(200)}'a'${")".repeat(200)}]`;

    const started = process.cpuUsage().user;
    const expanded = expand({ variables, resources: [{ a: "[variables('v59')]", b: deep }] });

    expect(expanded).to.have.length(1);
    expect(process.cpuUsage().user - started).to.be.lessThan(5_000_000);
  });
});
