using System.ComponentModel;

namespace Reparam.Runtime;

/// <content>
/// What a constructor loads into its layers. The packed checkpoint fills every weight, so nothing is read; the generator binds this in constructors and in
/// what they call, and nowhere else.
/// </content>
public abstract partial class Module
{
    /// <summary>Whether a checkpoint filled the module.</summary>
    internal bool IsFilled { get; set; }

    /// <summary>For twins alone: gives the module back; no file is read.</summary>
    /// <exception cref="NotSupportedException">The module has the weights of its checkpoint already.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Counterpart("load", IsInitialisation = true)]
    public Module InitialLoad(string location, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null) => Unfilled();

    /// <summary>For twins alone: gives the module back; nothing is read.</summary>
    /// <exception cref="NotSupportedException">The module has the weights of its checkpoint already.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Counterpart("load", IsInitialisation = true)]
    public Module InitialLoad(Stream stream, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null) => Unfilled();

    /// <summary>For twins alone: says that no name is missing or unknown; nothing is copied.</summary>
    /// <exception cref="NotSupportedException">The module has the weights of its checkpoint already.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Counterpart("load_state_dict", IsInitialisation = true)]
    public (IList<string> missing_keys, IList<string> unexpected_keyes) InitialState(
        Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
    {
        Unfilled();
        return ([], []);
    }

    private Module Unfilled() => !IsFilled ? this : throw new NotSupportedException(
        $"found a call of load on a {GetType().Name} that has the weights of its checkpoint, expected none: construct another one and load that");
}
