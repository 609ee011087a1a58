# Part of eng/package.sh: native programs for one processor, which need no .NET to run.
#
# Programs for arm64 are made on a PC as well, by Debian's cross compiler.

# Whether programs for the system $1 can be made here: it needs a linker for that processor.
can_make() {
    case $1-$(uname -m) in
    linux-x64-x86_64 | linux-arm64-aarch64) command -v gcc >/dev/null || command -v clang >/dev/null ;;
    linux-arm64-x86_64) command -v aarch64-linux-gnu-gcc >/dev/null ;;
    *) return 1 ;;
    esac
}

# All four in one go: what they share is built once.
publish_programs() {
    build build eng/packaging/programs.proj -t:Publish -m -p:RuntimeIdentifier="$1" -p:_IsPublishing=true -p:DebugType=none
}

# The archive for the system $1, such as linux-x64. debian.sh takes the programs from $work/stage.
package_native() {
    local system=$1 name=binarysync-$version-$1 tool stage runtime
    stage=$work/stage/$name
    rm -rf -- "$stage"
    mkdir -p -- "$stage/bin"
    publish_programs "$system"
    for tool in "${tools[@]}"; do
        cp -- "$work/build/publish/$tool/release_$system/$tool" "$stage/bin/"
        chmod 755 -- "$stage/bin/$tool"
    done

    # Those of the programs that run here; they are the same for every system.
    [[ -d $work/share ]] || make_aids "$stage/bin"
    cp -r -- "$work/share" "$stage/"
    add_documents "$stage"

    # What .NET itself is made of is in these programs, and so are the notices that come with it.
    runtime=$(dotnet msbuild "$top/tools/ckreq" -getItem:ResolvedRuntimePack -t:ResolveFrameworkReferences -p:RuntimeIdentifier="$system" -p:_IsPublishing=true \
        -p:ArtifactsPath="$work/build" | sed -n 's/^ *"PackageDirectory": "\(.*\)",\{0,1\}$/\1/p' | head -n 1)
    cp -- "$runtime/LICENSE.TXT" "$stage/DOTNET-LICENSE.txt"
    cp -- "$runtime/THIRD-PARTY-NOTICES.TXT" "$stage/DOTNET-THIRD-PARTY-NOTICES.txt"
    chmod 644 -- "$stage"/DOTNET-*
    archive "$name"
}
