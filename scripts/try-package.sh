#!/usr/bin/env bash
# Packs the project, installs the package into an empty folder and proves a shipped topology with it.
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$root"
tarball="$(npm pack --silent --pack-destination "$folder")"
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-progress "./$tarball"
npx flowproof --version
npx flowproof prove node_modules/flowproof/topologies/vmware-to-azure-vpn/topology.yaml > proof.txt
tail -n 1 proof.txt
