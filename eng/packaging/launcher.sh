#!/bin/sh
# Starts @TOOL@ with the .NET 10 runtime: that of DOTNET_ROOT, or the dotnet that is found in the path.
self=$(readlink -f -- "$0" 2>/dev/null) || self=$0
program=$(dirname -- "$self")/../lib/binarysync/@TOOL@.dll
dotnet=${DOTNET_ROOT:+$DOTNET_ROOT/dotnet}
dotnet=${dotnet:-dotnet}
if ! command -v -- "$dotnet" >/dev/null 2>&1; then
    echo "@TOOL@: error: there is no $dotnet: this package needs a .NET 10 runtime" >&2
    echo '@TOOL@: hint: the package for linux-x64 needs none' >&2
    exit 127
fi
exec "$dotnet" "$program" "$@"
