# Part of eng/package.sh: an image for containers (OCI image layout, in one archive), with the native programs and the C library that they
# are linked with, and nothing else: no shell, no other program. Made without a daemon; `podman load`, `skopeo copy oci-archive:FILE` and
# containerd read it.

blobs=

# Puts the file $1 among the blobs, under its digest; prints "DIGEST SIZE".
add_blob() {
    local digest
    digest=$(sha256sum <"$1" | cut -d' ' -f1)
    cp -- "$1" "$blobs/sha256/$digest"
    printf 'sha256:%s %s\n' "$digest" "$(stat -c %s -- "$1")"
}

# The shared libraries of the file $1, and theirs.
libraries_of() {
    readelf -d -- "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'
}

# The image's files for the system $1 and the architecture $2, into $3. The libraries are those that the linker took.
fill_root() {
    local system=$1 root=$3 programs=$work/stage/binarysync-$version-$1/bin compiler=gcc directory loader name copyright
    case $2 in
    amd64) directory=lib/x86_64-linux-gnu loader=lib64/ld-linux-x86-64.so.2 ;;
    arm64) directory=lib/aarch64-linux-gnu loader=lib/ld-linux-aarch64.so.1 ;;
    esac
    [[ $system-$(uname -m) != linux-arm64-x86_64 ]] || compiler=aarch64-linux-gnu-gcc
    command -v "$compiler" >/dev/null || compiler=clang
    mkdir -p -- "$root/usr/bin" "$root/$directory" "$root/$(dirname -- "$loader")" "$root/usr/share/doc/binarysync" "$root/usr/share/doc/libc6"
    cp -- "$programs"/* "$root/usr/bin/"
    cp -L -- "$("$compiler" -print-file-name="${loader##*/}")" "$root/$loader"
    local -a todo=("$root/usr/bin"/*)
    while [[ ${#todo[@]} -gt 0 ]]; do
        for name in $(libraries_of "${todo[0]}"); do
            if [[ ! -e $root/$directory/$name && $name != "${loader##*/}" ]]; then
                cp -L -- "$("$compiler" -print-file-name="$name")" "$root/$directory/" || refuse "$name, which the programs need, is not here"
                todo+=("$root/$directory/$name")
            fi
        done
        todo=("${todo[@]:1}")
    done
    for copyright in "/usr/share/doc/libc6-$2-cross/copyright" /usr/share/doc/libc6/copyright; do
        if [[ -e $copyright ]]; then
            cp -L -- "$copyright" "$root/usr/share/doc/libc6/"
            break
        fi
    done
    cp -- "$top/LICENSE" "$top/eng/packaging/THIRD-PARTY-NOTICES.txt" "$work/stage/binarysync-$version-$system"/DOTNET-* "$root/usr/share/doc/binarysync/"
    find "$root" -type d -exec chmod 755 -- {} +
    find "$root" -type f -exec chmod 644 -- {} +
    chmod 755 -- "$root"/usr/bin/* "$root/$loader"
}

# "MEDIA_TYPE" and what add_blob printed, as a descriptor without its closing brace.
descriptor() {
    printf '{"mediaType":"application/vnd.oci.image.%s","digest":"%s","size":%s' "$1" "$2" "$3"
}

# For the system $1, which is $2 to Debian and to containers.
package_oci() {
    local name=binarysync-$version-$1.oci layout=$work/stage/oci-$2 root=$work/stage/oci-root-$2 created layer config manifest diff
    blobs=$layout/blobs
    rm -rf -- "$layout" "$root"
    mkdir -p -- "$blobs/sha256"
    fill_root "$1" "$2" "$root"
    (cd -- "$root" && pack -- *) >"$work/layer.tar"
    diff=sha256:$(sha256sum <"$work/layer.tar" | cut -d' ' -f1)
    gzip -9n <"$work/layer.tar" >"$work/layer.tar.gz"
    layer=$(add_blob "$work/layer.tar.gz")

    created=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)
    printf '{"created":"%s","architecture":"%s","os":"linux","config":{"Env":["PATH=/usr/bin"],"Cmd":["ckfile","--help"],"WorkingDir":"/","Labels":{"org.opencontainers.image.title":"BinarySync","org.opencontainers.image.version":"%s","org.opencontainers.image.licenses":"MIT"}},"rootfs":{"type":"layers","diff_ids":["%s"]},"history":[{"created":"%s","created_by":"eng/package.sh"}]}' \
        "$created" "$2" "$version" "$diff" "$created" >"$work/config.json"
    config=$(add_blob "$work/config.json")
    # shellcheck disable=SC2086 # a digest and a size
    printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":%s},"layers":[%s}]}' \
        "$(descriptor config.v1+json $config)" "$(descriptor layer.v1.tar+gzip $layer)" >"$work/manifest.json"
    manifest=$(add_blob "$work/manifest.json")
    # shellcheck disable=SC2086
    printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[%s,"platform":{"architecture":"%s","os":"linux"},"annotations":{"org.opencontainers.image.ref.name":"binarysync:%s"}}]}' \
        "$(descriptor manifest.v1+json $manifest)" "$2" "$version" >"$layout/index.json"
    printf '{"imageLayoutVersion":"1.0.0"}' >"$layout/oci-layout"
    chmod 644 -- "$layout"/*.json "$layout/oci-layout" "$blobs"/sha256/*
    (cd -- "$layout" && pack -- *) >"$work/unfinished/$name.tar"
    mv -- "$work/unfinished/$name.tar" "$work/out/"
}
