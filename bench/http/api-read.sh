#!/usr/bin/env bash
# api-read.sh BUILD [SECONDS]: one record by id, authenticated, 64 connections.
set -euo pipefail
source "$(dirname "$0")/servers.sh"
measure read "${2:-10}" "$1/zhijia"
