# Part of eng/package.sh: self-contained single files for linux-x64, trimmed, one for each program.
#
# Compiled ahead of time, and without tiers, as tools/Directory.Build.props has it for what is published: trimming takes
# the machine code out of .NET's own assemblies, and without it a process that prints its version used 0.19 s of a
# processor instead of 0.04 s, a checksum file of 1.5 GiB 0.76 s instead of 0.41 s. That costs 5 MB a program.
#
# Without symbols: System.CommandLine has its own inside, and the trimmer would write their new path into the program.

package_linux_x64() {
    local name=binarysync-$version-linux-x64 tool stage runtime
    stage=$work/stage/$name
    programs=$stage/bin # debian.sh takes them from here
    mkdir -p -- "$programs"
    for tool in "${tools[@]}"; do
        build publish "tools/$tool" -r linux-x64 --self-contained -p:PublishAot=false -p:PublishSingleFile=true -p:PublishTrimmed=true \
            -p:TrimmerRemoveSymbols=true -p:DebugType=none -o "$work/linux-x64/$tool"
        cp -- "$work/linux-x64/$tool/$tool" "$programs/"
        chmod 755 -- "$programs/$tool"
    done

    make_aids "$programs"
    cp -r -- "$work/share" "$stage/"
    add_documents "$stage"

    # What .NET itself is made of is in these programs, and so are the notices that come with it.
    runtime=$(dotnet msbuild "$top/tools/ckreq" -getItem:ResolvedRuntimePack -t:ResolveFrameworkReferences -p:RuntimeIdentifier=linux-x64 -p:SelfContained=true \
        -p:ArtifactsPath="$work/build" | sed -n 's/^ *"PackageDirectory": "\(.*\)",\{0,1\}$/\1/p' | head -n 1)
    cp -- "$runtime/LICENSE.TXT" "$stage/DOTNET-LICENSE.txt"
    cp -- "$runtime/THIRD-PARTY-NOTICES.TXT" "$stage/DOTNET-THIRD-PARTY-NOTICES.txt"
    chmod 644 -- "$stage"/DOTNET-*
    archive "$name"
}
