using FsCheck;
using FsCheck.Fluent;

namespace BinarySync.Format.Tests.Properties;

/// <summary>Runs an FsCheck property; a counterexample is shrunk and shown.</summary>
internal static class Property
{
    public static void Holds<T>(Gen<T> values, Action<T> check, int times = 100) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(times),
        Prop.ForAll(values.ToArbitrary(), check));

    /// <summary>A number up to <paramref name="most"/>, small ones and powers of two more often than others.</summary>
    public static Gen<long> Number(long most) => Gen.OneOf(
        Gen.Choose(0, 300).Select(value => Math.Min(value, most)),
        from bits in Gen.Choose(0, 62) from change in Gen.Choose(-1, 1) select Math.Clamp((1L << bits) + change, 0, most),
        from high in Gen.Choose(0, int.MaxValue)
        from low in Gen.Choose(0, int.MaxValue)
        from shift in Gen.Choose(0, 62)
        select Math.Min(((((long)high << 31) | (uint)low) & long.MaxValue) >> shift, most));

    public static Gen<BlockHash> Hash => Gen.Elements(BlockHash.All.ToArray());
}
