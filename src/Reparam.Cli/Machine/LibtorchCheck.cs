namespace Reparam.Cli.Machine;

/// <summary>Whether libtorch can be used. Packed models run without it; training, calibration and TorchSharp models need it.</summary>
/// <param name="Folder">The folder that was asked about; null when none was.</param>
/// <param name="Version">Version of TorchSharp there; null when it cannot be loaded.</param>
/// <param name="Problem">Why it cannot be loaded.</param>
internal sealed record LibtorchCheck(string? Folder, string? Version, string? Problem)
{
    /// <summary>Tries to load it.</summary>
    /// <param name="folder">A folder with TorchSharp.dll; null to try nothing.</param>
    public static LibtorchCheck Of(string? folder)
    {
        try
        {
            return new LibtorchCheck(folder, folder is null ? null : LibtorchFolder.Load(folder), null);
        }
        catch (Exception exception) when (exception is IOException or DllNotFoundException or BadImageFormatException or TypeLoadException
            or MissingMemberException)
        {
            return new LibtorchCheck(folder, null, exception.Message);
        }
    }
}
