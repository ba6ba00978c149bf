namespace CharGpt.Trainer;

/// <summary>The files of one run.</summary>
/// <param name="Path">The folder.</param>
public sealed record RunFolder(string Path)
{
    /// <summary>Best weights of pretraining, latents and state of the methods included.</summary>
    public string Pretrained => File("pretrained.safetensors");

    /// <summary>What pretraining needs to go on.</summary>
    public string PretrainingState => File("pretrained.resume.safetensors");

    /// <summary>Best weights of fine-tuning, adapters beside the frozen ones.</summary>
    public string Finetuned => File("finetuned.safetensors");

    /// <summary>What fine-tuning needs to go on.</summary>
    public string FinetuningState => File("finetuned.resume.safetensors");

    /// <summary>Plain dense weights: what the build compresses and the app runs.</summary>
    public string Folded => File("chargpt.safetensors");

    /// <summary>The pretrained weights of this run, or those that come with the sample.</summary>
    public string PretrainedOrKept =>
        System.IO.File.Exists(Pretrained) ? Pretrained : System.IO.Path.Combine(AppContext.BaseDirectory, "pretrained.safetensors");

    /// <summary>What the layers of the folded weights see: calibration for the build.</summary>
    public string Calibration => File("chargpt.calibration.safetensors");

    /// <summary>The folded weights of this run, or those that come with the sample.</summary>
    public string FoldedOrKept =>
        System.IO.File.Exists(Folded) ? Folded : System.IO.Path.Combine(AppContext.BaseDirectory, "chargpt.safetensors");

    private string File(string name) => System.IO.Path.Combine(Path, name);
}
