using System.ComponentModel;

namespace Reparam.Runtime;

/// <content>
/// What a constructor loads into its layers. The packed checkpoint fills every weight, so nothing is read; the generator binds this in constructors, and
/// nowhere else.
/// </content>
public abstract partial class Module
{
    /// <summary>For twins alone: gives the module back; no file is read.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Counterpart("load", IsInitialisation = true)]
    public Module InitialLoad(
        string location, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null) => this;
}
