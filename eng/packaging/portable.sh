# Part of eng/package.sh: an archive that needs a .NET 10 runtime and runs wherever there is one.
#
# Nothing in it belongs to one system: no apphost, which is an executable of the system that builds, and no code compiled
# ahead of time, which is for one processor. So these programs compile what they use in each run, and start slower than the
# others. 'dotnet' is started by a script that is named like the program.

# Each library that is shipped, and nothing else, has its notice: in THIRD-PARTY-NOTICES.txt, and in what Debian's package says. $1 has the libraries.
demand_notices() {
    local notices=$top/eng/packaging/THIRD-PARTY-NOTICES.txt copyright=$top/eng/packaging/debian/copyright shipped named library
    shipped=$(cd -- "$1" && find . -name '*.dll' -printf '%f\n' | sed 's/\.dll$//' | grep -vxE "BinarySync\..*|$(IFS='|'; printf '%s' "${tools[*]}")" | sort)
    named=$(sed -n '/^  [A-Z]/{/(of which/!{s/  *Copyright.*//;s/, */\n/g;s/^ *//;p}}' "$notices" | sed 's/^ *//' | sort)
    diff <(echo "$shipped") <(echo "$named") >&2 || refuse "the libraries that are shipped (<) are not those that THIRD-PARTY-NOTICES.txt names (>)"
    for library in $shipped; do
        grep -qF -- "$library" "$copyright" || refuse "$library has no notice in debian/copyright"
    done
}

package_portable() {
    local name=binarysync-$version tool stage
    stage=$work/stage/$name
    rm -rf -- "$stage"
    mkdir -p -- "$stage/bin" "$stage/lib/binarysync"
    for tool in "${tools[@]}"; do
        build publish "tools/$tool" --no-self-contained -p:UseAppHost=false -p:PublishAot=false -p:PublishReadyToRun=false -p:DebugType=none -p:GenerateDocumentationFile=false -o "$stage/lib/binarysync"
        sed "s/@TOOL@/$tool/g" "$top/eng/packaging/launcher.sh" >"$stage/bin/$tool"
        sed "s/@TOOL@/$tool/g; s/\$/\r/" "$top/eng/packaging/launcher.cmd" >"$stage/bin/$tool.cmd"
        chmod 755 -- "$stage/bin/$tool"
    done
    demand_notices "$stage/lib/binarysync"
    find "$stage/lib" -type f -exec chmod 644 -- {} +

    cp -r -- "$work/share" "$stage/"
    add_documents "$stage"
    archive "$name"
}
