/** A small catalogue without a mistake, for tests that spoil one thing in it. */
export const CATALOGUE = `catalogue: shop
title: A web shop
documents: { guide: Shop guide }
roles:
  web: web server
  database: database server
  visitor: anybody
services:
  sql:
    ports: [tcp/5432, tcp/5433-5435]
    cites: [{ document: guide, section: Ports }]
requirements:
  - id: SHOP-1
    title: Web to database
    from: web
    to: [database]
    services:
      - sql
      - { service: udp/53, when: [{ fact: discovery, equals: dns }] }
    paths: [lan, vpn]
    pairs: same-site
    purpose: queries
    cites: [{ document: guide, section: Ports, note: table 2 }]
    readings: [SHOP-C1]
  - id: SHOP-2
    title: Nobody else to the database
    expect: deny
    from: visitor
    to: database
    services: [any]
    paths: [internet]
    purpose: it is private
    cites: []
  - id: SHOP-3
    title: Payment through the proxy
    from: web
    to: visitor
    services: [tcp/443]
    paths: [proxy]
    hosts: ["*.Pay.example", .cards.example]
    account: shop
    when: [{ fact: system, equals: linux, of: source }]
    purpose: payments
    cites: []
contradictions:
  - { id: SHOP-C1, title: Port range, readings: [one, four], treated-as: four, cites: [{ document: guide, section: Ports }] }
prerequisites:
  - id: SHOP-R1
    title: Memory
    severity: warning
    cites: []
    checks:
      - { role: web, statement: enough memory, at-least: { fact: memory-gb, bound: 4 } }
      - { statement: room for all, at-most: { sum: size-gb, over: web, bound: { largest: disk-gb, over: database } } }
      - { role: web, severity: error, statement: a known system, one-of: { fact: system, values: [linux, 7] } }
      - { role: web, statement: plain names, ascii: host-name }
      - { statement: read the guide }
scenarios:
  - { name: plain, title: Without payment, requirements: [SHOP-1, SHOP-2], prerequisites: [SHOP-R1] }
  - { name: paid, title: With payment, requirements: [SHOP-3] }
`;
