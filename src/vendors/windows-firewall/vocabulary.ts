/** The labels and values of netsh and PowerShell output in the languages known here, as canonical words. */
import type { Field, Profile } from "./types.js";

/** Lower case without accents, spaces and hyphens: what is left of a label in every spelling netsh uses for it. */
export function normalize(text: string): string {
  return text
    .normalize("NFD")
    .toLowerCase()
    .replace(/[\u0300-\u036f\s\-–'’.]/g, "");
}

// English, German, French and Spanish Windows; labels that netsh leaves in English everywhere are listed once.
const LABELS: readonly (readonly [Field | "name", string])[] = [
  ["name", "rulename regelname nomdelaregle nombrederegla"],
  ["enabled", "enabled enable aktiviert active activee habilitada"],
  ["direction", "direction dir richtung sens direccion"],
  ["profiles", "profiles profile profils perfiles"],
  ["local-address", "localip localaddress lokaleip lokalesip iplocale iplocal"],
  ["remote-address", "remoteip remoteaddress ipdistante ipremota"],
  ["protocol", "protocol protokoll protocole protocolo"],
  ["local-port", "localport lokalerport portlocal puertolocal"],
  ["remote-port", "remoteport portdistant puertoremoto"],
  ["icmp", "icmptype"],
  ["program", "program programm programme programa"],
  ["service", "service dienst servicio"],
  ["interface-type", "interfacetypes interfacetype schnittstellentypen typesdinterface tiposdeinterfaz"],
  ["security", "security sicherheit securite seguridad"],
  ["action", "action aktion accion"],
  ["description", "description beschreibung descripcion"],
  ["idle", "grouping gruppierung groupement regroupement agrupamiento"],
  ["idle", "edge edgetraversal edgeausnahme traverseelaterale"],
  ["idle", "crucesegurodelperimetro rulesource regelquelle sourcedelaregle origendelaregla"],
];

const WORDS: Readonly<Record<string, string>> = {
  any: "any all beliebig alle tout tous toutes cualquiera",
  yes: "yes true ja oui si",
  no: "no false nein non",
  in: "in inbound eingehend entree dentro",
  out: "out outbound ausgehend aus sortie fuera",
  allow: "allow zulassen autoriser permitir",
  block: "block blockieren bloquer bloquear",
  bypass: "bypass umgehen ignorer omitir",
  domain: "domain domane domaine dominio",
  private: "private privat prive privee privada privado",
  public: "public offentlich publique publica publico",
  notrequired: "notrequired nichterforderlich nonrequise nonrequis norequerida norequerido",
  on: "on ein actif activo activado",
  off: "off inactif desactive inactivo desactivado",
};

const FIELD_OF = new Map<string, Field | "name">(
  LABELS.flatMap(([field, labels]) => labels.split(" ").map((label) => [label, field] as const)),
);

const WORD_OF = new Map<string, string>(
  Object.entries(WORDS).flatMap(([word, spellings]) => spellings.split(" ").map((spelling) => [spelling, word])),
);

/** The field a label stands for; undefined: nobody here knows it. */
export function fieldOf(label: string): Field | "name" | undefined {
  return FIELD_OF.get(normalize(label));
}

/** The canonical word for a value in any known language; undefined: it is none of them. */
export function wordOf(value: string): string | undefined {
  return WORD_OF.get(normalize(value));
}

/** The profile a heading names, e.g. "Domain Profile Settings:"; undefined: none or more than one. */
export function profileIn(heading: string): Profile | undefined {
  const text = normalize(heading);
  const named = PROFILE_STEMS.filter(([, stem]) => stem.test(text)).map(([profile]) => profile);
  return named.length === 1 ? named[0] : undefined;
}

const PROFILE_STEMS: readonly (readonly [Profile, RegExp])[] = [
  ["domain", /doma(?:i|n)|domini/],
  ["private", /priv/],
  ["public", /publi|offentlich/],
];
