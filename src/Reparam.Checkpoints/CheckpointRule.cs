namespace Reparam.Checkpoints;

/// <summary>The rule that a checkpoint broke, or the operation that failed on it.</summary>
public enum CheckpointRule
{
    /// <summary>The file could not be opened or read.</summary>
    Readable,

    /// <summary>The file could not be written, or not put in its place.</summary>
    Writable,

    /// <summary>An output is none of the files that are being read.</summary>
    Distinct,

    /// <summary>The file starts with eight bytes that give the header's length; the header lies within the file and within 100 MB.</summary>
    HeaderLength,

    /// <summary>The header starts with '{'.</summary>
    HeaderStart,

    /// <summary>The header is UTF-8.</summary>
    HeaderUtf8,

    /// <summary>The header is one JSON object, followed by nothing but spaces.</summary>
    HeaderJson,

    /// <summary>A name stands once.</summary>
    UniqueName,

    /// <summary>The entry <c>__metadata__</c> is an object of strings.</summary>
    Metadata,

    /// <summary>A tensor's entry has the fields dtype, shape and data_offsets, each once, and no other.</summary>
    TensorEntry,

    /// <summary>The dtype is one of the format's.</summary>
    KnownDType,

    /// <summary>A shape is a list of integers that are not negative.</summary>
    Shape,

    /// <summary>Shape times dtype is a whole number of bytes that 63 bits hold.</summary>
    Size,

    /// <summary>Offsets are two integers, the first not above the second.</summary>
    Offsets,

    /// <summary>The offsets span as many bytes as shape and dtype take.</summary>
    ByteLength,

    /// <summary>No two tensors share a byte.</summary>
    NoOverlap,

    /// <summary>No byte between two tensors belongs to neither.</summary>
    NoHole,

    /// <summary>The tensors cover the data to the last byte of the file.</summary>
    Coverage,

    /// <summary>A tensor that is asked for exists.</summary>
    TensorExists,

    /// <summary>The stored type can be read as the type asked for.</summary>
    Convertible,

    /// <summary>A tensor fits the buffer or array that it is read into.</summary>
    Length,

    /// <summary>A tensor's data source wrote exactly the declared number of bytes.</summary>
    DataSource,

    /// <summary>An index is a JSON object whose <c>weight_map</c> maps names to file names.</summary>
    ShardIndex,

    /// <summary>A shard lies in the folder of its index.</summary>
    ShardPath,

    /// <summary>Index and shards list the same tensors, each in one shard.</summary>
    ShardContent,

    /// <summary>A folder holds one checkpoint.</summary>
    Folder,

    /// <summary>A packed file has a format version and methods that this version knows, and all parts of each layer in the right shape.</summary>
    Packed,

    /// <summary>A checkpoint has the tensors that the model names, in their shapes, and no others.</summary>
    Model,

    /// <summary>A decoded matrix gives the canary's outputs.</summary>
    Canary,

    /// <summary>The content gives the checksums that stand in the header.</summary>
    Checksum,

    /// <summary>A foreign file follows the rules of its own format.</summary>
    Import,

    /// <summary>A calibration file has a version that this library knows, and finite second moments or inputs that fit the layers.</summary>
    Calibration,
}
