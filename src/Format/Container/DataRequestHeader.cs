namespace BinarySync.Format;

/// <summary>The header of a data request.</summary>
public sealed record DataRequestHeader : OperationsHeader
{
    public override MessageKind Kind => MessageKind.DataRequest;
}
