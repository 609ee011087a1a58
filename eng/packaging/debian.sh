# Part of eng/package.sh: a package for Debian and its relatives, with the native programs.

# Whoever publishes the package says where mail about it goes, as for all of Debian's tools.
maintainer="${DEBFULLNAME:-The BinarySync authors} <${DEBEMAIL:-binarysync@localhost.localdomain}>"

# For Debian's architecture $1, with the programs for the system $2.
package_debian() {
    local name=binarysync_$version-1_$1 programs=$work/stage/binarysync-$version-$2 root doc
    if ! command -v dpkg-deb >/dev/null; then
        say 'left out: needs dpkg-deb'
        return
    fi

    root=$work/stage/$name
    doc=$root/usr/share/doc/binarysync
    rm -rf -- "$root"
    mkdir -p -- "$root/DEBIAN" "$root/usr/bin"
    cp -- "$programs"/bin/* "$root/usr/bin/"

    cp -r -- "$work/share" "$root/usr/"
    mkdir -p -- "$root/usr/share/lintian/overrides"
    mv -- "$root/usr/share/zsh/site-functions" "$root/usr/share/zsh/vendor-completions" # where Debian's zsh looks for those of packages
    gzip -9n -- "$root"/usr/share/man/man?/*

    mkdir -p -- "$doc"
    (cd -- "$top" && cp --parents -- README.md docs/*.md docs/manual/*.md "$doc")
    cp -- "$programs/DOTNET-THIRD-PARTY-NOTICES.txt" "$doc/"
    cp -- "$top/eng/packaging/debian/lintian-overrides" "$root/usr/share/lintian/overrides/binarysync"
    cat -- "$top/eng/packaging/debian/copyright" >"$doc/copyright"
    gzip -9n <"$top/CHANGELOG.md" >"$doc/changelog.gz"
    gzip -9n >"$doc/changelog.Debian.gz" <<TEXT
binarysync ($version-1) unstable; urgency=medium

  * Made from the sources of version $version; changelog.gz says what is new.

 -- $maintainer  $(date -u -R -d "@$SOURCE_DATE_EPOCH")
TEXT

    # As dpkg-gencontrol counts: KiB of each file, rounded up, and one for whatever else has a name.
    sed -e "s/@VERSION@/$version-1/" -e "s/@ARCHITECTURE@/$1/" -e "s/@MAINTAINER@/$(sed 's/[\\/&]/\\&/g' <<<"$maintainer")/" \
        -e "s/@SIZE@/$(cd -- "$root" && find . -path ./DEBIAN -prune -o -printf '%y %s\n' | awk '{ n += $1 == "f" ? int(($2 + 1023) / 1024) : 1 } END { print n }')/" \
        "$top/eng/packaging/debian/control" >"$root/DEBIAN/control"
    (cd -- "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"

    find "$root" -type d -exec chmod 755 -- {} +
    find "$root" -type f -exec chmod 644 -- {} +
    chmod 755 -- "$root"/usr/bin/*

    # The four programs have most of their bytes in common. One thread, a window of 64 MiB: the package is a third of what it would be.
    dpkg-deb --root-owner-group -Zxz -z9 --threads-max=1 --build "$root" "$work/unfinished/$name.deb" >/dev/null
    mv -- "$work/unfinished/$name.deb" "$work/out/"
}
