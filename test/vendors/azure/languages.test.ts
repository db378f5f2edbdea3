/** Forms of Bicep, Terraform and shell that people write, and what has to stay open in them. */
import { expect } from "chai";
import type { JsonValue } from "../../../src/syntax/json.js";
import { parseBicep } from "../../../src/vendors/azure/bicep/parse-bicep.js";
import { readCommands } from "../../../src/vendors/azure/commands/shell.js";
import { expandTemplate } from "../../../src/vendors/azure/expand-template.js";
import { parseTerraform } from "../../../src/vendors/azure/terraform/parse-terraform.js";

function plain(value: JsonValue): unknown {
  if (value.kind === "array") return value.items.map(plain);
  if (value.kind === "scalar") return value.value;
  return Object.fromEntries(value.members.map((member) => [member.key, plain(member.value)]));
}

/** The texts below write `#{` for the beginning of an expression in a text. */
const asWritten = (text: string): string => text.replaceAll("#{", "$" + "{");

/** What `p` of the one resource becomes. */
function bicep(expression: string, before = ""): unknown {
  const { value, error } = parseBicep(asWritten(`${before}\nresource x 'T/t@1' = {\n  p: ${expression}\n}\n`));
  if (value === undefined) return error?.message;
  const [resource] = plain(expandTemplate(value, new Map()).resources) as { readonly p: unknown }[];
  return resource?.p;
}

describe("parseBicep", () => {
  it("computes what follows from the text", () => {
    const before = "param a string = 'x'\nvar list = [\n  'one'\n  'two'\n]\nvar both = [...list, 'three']";
    for (const [expression, expected] of [
      ["'#{a}-{0}-#{list[1]}'", "x-{0}-two"],
      ["a == 'x' && !(1 > 2) ? 'yes' : 'no'", "yes"],
      ["a =~ 'X'\n    ? 'yes'\n    : 'no'", "yes"],
      ["both", ["one", "two", "three"]],
      ["map(list, l => '#{l}!')", ["one!", "two!"]],
      ["[for (l, i) in list: '#{i}#{l}']", ["0one", "1two"]],
      ["'''\nseveral\nlines'''", "several\nlines"],
      ["'it\\'s [x]'", "it's [x]"],
      ["'[x]'", "[[x]"],
      ["{ a: { b: 2 } }.a.b", 2],
      ["null ?? 'usual'", "usual"],
      ["-(1 + 2) * 3", -9],
    ] as const) {
      expect(bicep(expression, before), expression).to.deep.equal(expected);
    }
  });

  it("leaves open what only a deployment shows", () => {
    for (const expression of [
      "resourceGroup().location",
      "p2",
      "other.properties.address",
      "az.subscription().id",
      "list[?0]!.x",
      "loadTextContent('a.txt')",
      "{ ...p2, a: 1 }",
    ]) {
      expect(bicep(expression, "param p2 object\nvar list = p2"), expression).to.match(/^\[.*\]$/);
    }
    expect(bicep("[for l in p2: l]", "param p2 array")).to.equal("[copy]");
  });

  it("reads past statements that say nothing about resources, however they are broken over lines", () => {
    const before = [
      "metadata m = 'x'",
      "type t = {",
      "  a: string",
      "}",
      "@description('an (odd) one')",
      "param u 'a'",
      "  | 'b' = 'a'",
      "func f(a string) string => '#{a}'",
      "output o string = u == 'a'",
      "  ? 'yes'",
      "  : 'no'",
      "output q string =",
      "  'r'",
    ].join("\n");

    expect(bicep("u", before)).to.equal("a");
  });

  it("keeps a property whose name is computed, as one that may be any", () => {
    expect(bicep("{ '#{'a'}': 1 }")).to.deep.equal({ "a computed name": 1 });
  });

  it("says where a text is no Bicep, and ends on deep nesting", () => {
    expect(bicep("{ a 1 }")).to.contain("expected `:`");
    expect(bicep("'open")).to.contain("must end on its line");
    expect(bicep(`${"(".repeat(200)}1`)).to.contain("nested deeper");
    expect(bicep(`'${"#{'".repeat(60)}`)).to.contain("nested");
  });
});

describe("parseTerraform", () => {
  const ruleWith = (value: string, before = "") => {
    const text = `${before}\nresource "azurerm_network_security_group" "g" {\n  name = "g"\n  security_rule {\n    p = ${value}\n  }\n}\n`;
    const { value: template, error } = parseTerraform(asWritten(text));
    if (template === undefined) return error?.message;
    const [group] = plain(expandTemplate(template, new Map()).resources) as {
      readonly securityRules: { readonly p: unknown }[];
    }[];
    return group?.securityRules[0]?.p;
  };

  it("computes what follows from the text", () => {
    const before =
      'variable "a" {\n  default = "x"\n}\nlocals {\n  list = ["one", "two"]\n  map = { k = "v", "q" : 2 }\n}';
    for (const [expression, expected] of [
      ['"#{var.a}-#{local.list[1]}"', "x-two"],
      ['var.a == "x" ? "yes" : "no"', "yes"],
      ["local.map.k", "v"],
      ['concat(local.list, ["three"])', ["one", "two", "three"]],
      ['"literal $#{x} %%{y}"', asWritten("literal #{x} %{y}")],
    ] as const) {
      expect(ruleWith(expression, before), expression).to.deep.equal(expected);
    }
  });

  it("leaves open what it cannot compute, and reads on", () => {
    for (const expression of [
      "[for s in var.list : upper(s) if s != null]",
      "{ for k, v in var.map : k => v }",
      "var.list[*].id",
      "var.list.*.id",
      "azurerm_subnet.main.0.id",
      "max(var.list...)",
      '"%{ if var.a }x%{ else }y%{ endif }"',
      "cidrsubnet(var.net, 8, 1)",
      // templates have other functions of these names
      "length(range(1, 2))",
      'format("%s-x", "a")',
      'split(",", "22,80")',
      'coalesce("", "10.0.0.0/8")',
      'replace("10.0.0.7", "/7$/", "8")',
      '"#{format("%s-x", "a")}"',
    ]) {
      expect(ruleWith(expression), expression).to.match(/^\[.*\]$/);
    }
  });
});

describe("readCommands", () => {
  const words = (script: string) =>
    readCommands(asWritten(script)).map(({ words: all }) => all.map(({ text }) => text));

  it("joins lines, puts in variables that are set to plain texts, and leaves comments out", () => {
    expect(words("A=1 # x\nB='two words'\naz a \\\n  --b $A \"$B!\" '$A' # rest\n")).to.deep.equal([
      ["az", "a", "--b", "1", "two words!", "$A"],
    ]);
  });

  it("knows no value that a program or the caller gives", () => {
    expect(words('A=$(date)\naz $A #{B} `c` "$1" "#{D:-x}" "$@" "$#"')).to.deep.equal([
      ["az", undefined, undefined, undefined, undefined, undefined, undefined, undefined],
    ]);
  });

  it("knows no value that is set in a loop, a branch, a function, or by a command, nor after it", () => {
    for (const script of [
      "A=1\nfor A in 2 3; do\n  x\ndone",
      "A=1\nif x; then\n  A=2\nfi",
      "A=1\n[ -z x ] && A=2",
      "A=1\nx || A=2",
      "f() {\n  A=2\n}\nA=1\nf",
      "f() { A=2; }\nA=1\nf",
      "function f\n{\n  A=2\n}\nA=1\nf",
      "A=1\nread -r A",
      "A=1\nunset A",
      "A=1\ndeclare A=2",
      "A=1\nprintf -v A x",
      "A=1\n. ./settings",
      "A=1\neval x",
      "A=1\nif x; then A=2; fi",
      "A=1\nif x\nthen A=2\nfi",
      "A=1\ncase x in\n  y) A=2 ;;\nesac",
      "A=1\nwhile read -r A; do x; done <y",
      "A=1\nIFS=, read -r A B <<<x",
      "A=1\nA+=2",
      "A=1\nA=(2 3)",
      "A=1\n((A++))",
      "A=1\nB=$((A++))",
      "A=1\naz x --priority $((A += 10))",
      "A=1\nexport $(x)",
      "A=1\nexport A=2 B=$(x)\nA+=2",
      "(\n  A=1\n)",
      "(A=1)",
      "x | A=1",
      "A=1 &",
    ]) {
      expect(words(`${script}\naz $A`).at(-1), script).to.deep.equal(["az", undefined]);
    }
    for (const script of ["unset B\nx && y", "export A C", "B=$((A + 1))", "echo A", "[ $A = 1 ]", "f() { B=2; }\nf"]) {
      expect(words(`A=1\n${script}\naz $A`).at(-1), script).to.deep.equal(["az", "1"]);
    }
  });

  it("is not certain of a line it cannot read to its end", () => {
    expect(readCommands("az a 'open").map(({ isUncertain }) => isUncertain)).to.deep.equal([true]);
    expect(words("az a $(b (c) d) --e f")).to.deep.equal([["az", "a", undefined, "--e", "f"]]);
  });

  it("is not certain of what stands in conditions, loops, functions and after `||` or a question", () => {
    const uncertain = (script: string) =>
      readCommands(script).map(({ words: [first], isUncertain }) => [first?.text, isUncertain]);

    expect(uncertain("a; az && c || d\nif x; then\n  e\nfi\nf")).to.deep.equal([
      ...[
        ["a", false],
        ["az", false],
        ["c", false],
        ["d", true],
      ],
      ...[
        ["if", true],
        ["e", true],
        ["fi", false],
        ["f", false],
      ],
    ]);
    for (const script of ["f() {\n  a\n}\nb", "f() { a; }\nb", "function f\n{\n  a\n}\nb"]) {
      const commands = new Map(uncertain(script).map(([name, isOpen]) => [name, isOpen]));
      expect([commands.get("a"), commands.get("b")], script).to.deep.equal([true, false]);
    }
    for (const script of ["[ x ] && a", "grep -q x y && az && a", "x || az && a", "((x)) && a"]) {
      expect(uncertain(script).at(-1), script).to.deep.equal(["a", true]);
    }
  });

  it("takes what a command reads from below it for no command", () => {
    expect(words("cat <<EOF\naz network nsg rule delete\nEOF\nb")).to.deep.equal([["cat"], ["b"]]);
    expect(words('cat <<<"x"\nb')).to.deep.equal([["cat"], ["b"]]);
  });

  it("takes a text over several lines for one word, and where output goes for none", () => {
    expect(words('echo "how:\naz a\n" # isn\'t "\naz b')).to.deep.equal([
      ["echo", "how:\naz a\n"],
      ["az", "b"],
    ]);
    expect(words("echo 'a\naz b")).to.deep.equal([["echo", undefined]]);
    expect(words('echo "<<A"\naz b # <<A\naz $((1 << 2)) $((1<<A))\n((1<<A))')).to.deep.equal([
      ["echo", "<<A"],
      ["az", "b"],
      ["az", undefined, undefined],
    ]);
    expect(words("az a 80 > log 2>&1 &>x\naz b 2>/dev/null c")).to.deep.equal([
      ["az", "a", "80"],
      ["az", "b", "c"],
    ]);
  });

  it("splits values without quotes at their blanks, and leaves empty ones out", () => {
    const before = "A=' 1  2 '\nE=\n";

    expect(words(`${before}az $A x$A.y "$A" $E "$E" #{E}z`)).to.deep.equal([
      ["az", "1", "2", "x", "1", "2", ".y", " 1  2 ", "", "z"],
    ]);
    expect(words(`${before}B=$A\naz "$B"`)).to.deep.equal([["az", " 1  2 "]]);
    expect(words(`${before}C="az b"\n$C $E c`)).to.deep.equal([["az", "b", "c"]]);
    expect(words(`${before}export B=$A\naz "$B"`).at(-1)).to.deep.equal(["az", undefined]);
  });

  it("knows no value without quotes where the shell splits otherwise", () => {
    for (const script of ["IFS=,", "IFS=, read -r B C", "if x; then\n  IFS=.\nfi", "f() { local IFS=/; }"]) {
      expect(words(`A=1\n${script}\naz $A "$A"`).at(-1), script).to.deep.equal(["az", undefined, "1"]);
    }
    expect(words("#!/usr/bin/env zsh\nA='1 2'\naz $A")).to.deep.equal([["az", undefined]]);
  });

  it("is not certain of what stands behind an end that is reached, or perhaps reached without a failure", () => {
    const last = (script: string) => readCommands(`${script}\nlast`).at(-1)?.isUncertain;

    for (const script of [
      "exit",
      "exit 0",
      "exit 1",
      "a; exit",
      "exec b",
      "return",
      "x && exit 0",
      "x && exit",
      "x || exit 0",
      "if x; then\n  exit 0\nfi",
      "if x; then exit; fi",
      "if x; then exit $CODE; fi",
      "case $1 in\n  -h|--help) exit 0 ;;\nesac",
      "case $1 in (-h) exit 0 ;; esac",
      "f() {\n  exit 0\n}\nf",
      "f() {\n  exit 1\n}\nf",
      "f ()\n{\n  exit 1\n}\nf",
      "f() { exit 1; }\nfunction g {\n  f\n}\ng",
      "f() { exit $1; }\nx || f 0",
      "a=exit\n$a",
      "(\n  x || exit 1\n)",
      "x || exit 1 &",
      "y | { x && exit 1; }",
      "while y; do x && exit 1; done | z",
      "cat <<A\nx",
    ]) {
      expect(last(script), script).to.equal(true);
    }
    for (const script of [
      "echo exit",
      "x || exit",
      "x || exit 1",
      "x || exit $?",
      "x && exit 2",
      "if x; then\n  echo no\n  exit 1\nfi",
      "case $1 in\n  -h) exit 64 ;;\nesac",
      "die() { echo $1; exit 1; }\nx || die no",
      "f() { return 0; }\nf",
      "f() { exit 0; }",
      "exec 2>&1",
      "exec > >(tee log) 2>&1",
    ]) {
      expect(last(script), script).to.equal(false);
    }
  });

  it("knows where a block ends that begins behind another one, so that nothing in the outer one is certain", () => {
    for (const script of [
      "if x; then while y; do z; done; az; fi",
      "if x\nthen if y; then z; fi\naz\nfi",
      "if x; then ! while y; do z; done; az; fi",
    ]) {
      expect(readCommands(script).find(({ words: [word] }) => word?.text === "az")?.isUncertain, script).to.equal(true);
    }
  });

  it("knows no text that a shell makes of braces, of the sign of a home, or of signs that stand for others", () => {
    expect(words("az {a,b} x{1..3}y ~/a --x=~ $'a\\tb' $\"c\" 'd' a~ {} \"{a,b}\"\naz $'it\\'s' '\n'")).to.deep.equal([
      ["az", undefined, undefined, undefined, undefined, undefined, undefined, "d", "a~", "{}", "{a,b}"],
      ["az", undefined, "\n"],
    ]);
  });

  it("is not certain of what stands in parentheses behind `||`, or after the name of a function", () => {
    const named = (script: string) =>
      readCommands(script).find(({ words: [word] }) => word?.text === "az")?.isUncertain;

    for (const script of [
      "x || (y; az)",
      "x || (\n  y\n  az\n)",
      "f() (\n  case x in\n  1) y ;;\n  esac; az\n)",
      "f() (\n  az\n)",
      "f() ( az )",
    ]) {
      expect(named(script), script).to.equal(true);
    }
    for (const script of ["(y; az)", "x || (y)\naz", "(x || y)\naz"]) expect(named(script), script).to.equal(false);
  });
});
