# Part of eng/package.sh: the format library. Its symbols have the sources in them, so that whoever debugs needs no other place for those.

package_nuget() {
    build pack src/Format -p:DebugType=portable -p:EmbedAllSources=true -p:IncludeSymbols=true -p:SymbolPackageFormat=snupkg -o "$work/out"
}
