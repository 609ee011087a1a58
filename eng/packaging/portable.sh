# Part of eng/package.sh: an archive that needs a .NET 10 runtime and runs wherever there is one.
#
# Nothing in it belongs to one system: no apphost, which is an executable of the system that builds, and no code compiled
# ahead of time, which is for one processor. So these programs compile what they use in each run, and start slower than the
# others. 'dotnet' is started by a script that is named like the program.

package_portable() {
    local name=binarysync-$version tool stage
    stage=$work/stage/$name
    mkdir -p -- "$stage/bin" "$stage/lib/binarysync"
    for tool in "${tools[@]}"; do
        build publish "tools/$tool" --no-self-contained -p:UseAppHost=false -p:PublishReadyToRun=false -p:DebugType=none -p:GenerateDocumentationFile=false -o "$stage/lib/binarysync"
        sed "s/@TOOL@/$tool/g" "$top/eng/packaging/launcher.sh" >"$stage/bin/$tool"
        sed "s/@TOOL@/$tool/g; s/\$/\r/" "$top/eng/packaging/launcher.cmd" >"$stage/bin/$tool.cmd"
        chmod 755 -- "$stage/bin/$tool"
    done
    find "$stage/lib" -type f -exec chmod 644 -- {} +

    cp -r -- "$work/share" "$stage/"
    add_documents "$stage"
    archive "$name"
}
