namespace Reparam.Compression.ShiftAdd;

/// <summary>A layout that <c>auto</c> measured.</summary>
/// <param name="Layout">Name of the format.</param>
/// <param name="Bytes">Bytes of codes and scales, and of a table that no other weight shares.</param>
/// <param name="RelativeError">Relative output error; relative weight error without calibration.</param>
public readonly record struct LayoutTrial(string Layout, long Bytes, double RelativeError);
