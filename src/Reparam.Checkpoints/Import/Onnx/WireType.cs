namespace Reparam.Checkpoints.Import.Onnx;

/// <summary>A field's type on the wire.</summary>
internal enum WireType
{
    /// <summary>An integer of 1 to 10 bytes.</summary>
    Varint = 0,

    /// <summary>Eight bytes.</summary>
    Fixed64 = 1,

    /// <summary>A length and as many bytes: texts, messages, packed numbers.</summary>
    Bytes = 2,

    /// <summary>Four bytes.</summary>
    Fixed32 = 5,
}
