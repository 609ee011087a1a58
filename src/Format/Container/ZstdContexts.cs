using ZstdSharp.Unsafe;

namespace BinarySync.Format;

/// <summary>
/// An encoder and a decoder of frames, each made on first use. The library's own classes read a dictionary as a formatted one if it begins
/// with that magic number. A prefix is always raw content, so this calls the functions below them. Not safe from several threads.
/// </summary>
internal sealed unsafe class ZstdContexts
{
    // From this level on, the encoder would take tables of up to 2^22 entries each for a frame and its prefix.
    private const int LeastLargeLevel = 9;
    private const int MostTableBits = 19;

    private ZSTD_CCtx_s* _compressing;
    private ZSTD_DCtx_s* _decompressing;

    ~ZstdContexts()
    {
        Methods.ZSTD_freeCCtx(_compressing);
        Methods.ZSTD_freeDCtx(_decompressing);
    }

    /// <summary>
    /// Compresses a frame: see <see cref="ZstdFrame.Compress(ReadOnlySpan{byte}, ReadOnlySpan{byte}, Span{byte}, int)"/>.
    /// </summary>
    public int Compress(ReadOnlySpan<byte> raw, ReadOnlySpan<byte> prefix, Span<byte> destination, int level, int windowBits)
    {
        _compressing = _compressing is null ? Made(Methods.ZSTD_createCCtx()) : _compressing;
        fixed (byte* content = raw, old = prefix, to = destination)
        {
            Demand(Methods.ZSTD_CCtx_reset(_compressing, ZSTD_ResetDirective.ZSTD_reset_session_and_parameters));
            Demand(Methods.ZSTD_CCtx_setParameter(_compressing, ZSTD_cParameter.ZSTD_c_compressionLevel, level));
            Demand(Methods.ZSTD_CCtx_setParameter(_compressing, ZSTD_cParameter.ZSTD_c_windowLog, windowBits));
            if (!prefix.IsEmpty)
            {
                // Its sparse table finds old content a whole frame back at every level. The encoder's own tables are too small for that
                // at most levels, and larger than the content is worth at the others.
                Demand(Methods.ZSTD_CCtx_setParameter(_compressing, ZSTD_cParameter.ZSTD_c_enableLongDistanceMatching, 1));
                if (level >= LeastLargeLevel)
                {
                    Demand(Methods.ZSTD_CCtx_setParameter(_compressing, ZSTD_cParameter.ZSTD_c_hashLog, MostTableBits));
                    Demand(Methods.ZSTD_CCtx_setParameter(_compressing, ZSTD_cParameter.ZSTD_c_chainLog, MostTableBits));
                }

                Demand(Methods.ZSTD_CCtx_refPrefix(_compressing, old, (nuint)prefix.Length));
            }

            nuint length = Methods.ZSTD_compress2(_compressing, to, (nuint)destination.Length, content, (nuint)raw.Length);
            return Methods.ZSTD_isError(length) ? 0 : (int)length;
        }
    }

    /// <summary>Bytes written; -1 if it is not a frame over this prefix.</summary>
    public int Decompress(ReadOnlySpan<byte> stored, ReadOnlySpan<byte> prefix, Span<byte> raw)
    {
        _decompressing = _decompressing is null ? Made(Methods.ZSTD_createDCtx()) : _decompressing;
        fixed (byte* from = stored, old = prefix, to = raw)
        {
            Demand(Methods.ZSTD_DCtx_reset(_decompressing, ZSTD_ResetDirective.ZSTD_reset_session_and_parameters));
            if (!prefix.IsEmpty)
            {
                Demand(Methods.ZSTD_DCtx_refPrefix(_decompressing, old, (nuint)prefix.Length));
            }

            nuint length = Methods.ZSTD_decompressDCtx(_decompressing, to, (nuint)raw.Length, from, (nuint)stored.Length);
            return Methods.ZSTD_isError(length) ? -1 : (int)length;
        }
    }

    private static T* Made<T>(T* context)
        where T : unmanaged => context is null ? throw new InsufficientMemoryException() : context;

    private static void Demand(nuint result)
    {
        if (Methods.ZSTD_isError(result))
        {
            throw new InvalidOperationException(Methods.ZSTD_getErrorName(result));
        }
    }
}
