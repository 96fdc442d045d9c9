#!/usr/bin/env bash
# api-write.sh BUILD [SECONDS]: one record made and on the disk before the answer, 64 connections.
set -euo pipefail
source "$(dirname "$0")/servers.sh"
measure write "${2:-10}" "$1/zhijia"
