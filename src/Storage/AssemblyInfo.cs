using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

// Every P/Invoke signature here is blittable or goes through generated code: nothing is marshalled at run time.
[assembly: DisableRuntimeMarshalling]
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
[assembly: InternalsVisibleTo("BinarySync.Storage.Tests")]
[assembly: InternalsVisibleTo("BinarySync.Storage.Probe")]
