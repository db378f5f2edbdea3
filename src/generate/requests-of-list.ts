/** What a list of a proxy holds, as a set of requests. */
import type { RequestEntry, RequestList } from "../model/request-list.js";
import { addressSetOf } from "../sets/address-set.js";
import { ALL_WORDS, wordsOf } from "../sets/choice-set.js";
import { parseHostSet } from "../sets/host-set.js";
import { portSetOf } from "../sets/port-set.js";
import { NO_REQUESTS, type RequestSet, requestSetOf, uniteRequests } from "../sets/request-set.js";

/** The requests of a list. */
export function requestsOfList({ entries }: Pick<RequestList, "entries">): RequestSet {
  return entries.map(requestsOfEntry).reduce(uniteRequests, NO_REQUESTS);
}

/** The requests of an entry; where nobody is asked for credentials, they may be sent all the same. */
export function requestsOfEntry({ clients, methods, schemes, hosts, ports, users }: RequestEntry): RequestSet {
  return requestSetOf({
    clients: addressSetOf(clients),
    methods: wordsOf(methods),
    ...(schemes.length > 0 && { schemes: wordsOf(schemes) }),
    hosts: parseHostSet(hosts),
    ports: portSetOf(ports),
    users: users.length > 0 ? wordsOf(users) : ALL_WORDS,
  });
}
