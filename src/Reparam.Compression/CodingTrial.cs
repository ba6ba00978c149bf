namespace Reparam.Compression;

/// <summary>A coding that a method tried before it chose, for the report.</summary>
/// <param name="Layout">What tells it from the others: the name of a format or of a variant.</param>
/// <param name="Bytes">Bytes of codes and scales, and of a table that no other weight shares.</param>
/// <param name="RelativeError">Relative output error; relative weight error without calibration.</param>
public readonly record struct CodingTrial(string Layout, long Bytes, double RelativeError);
