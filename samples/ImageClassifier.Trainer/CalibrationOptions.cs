namespace ImageClassifier.Trainer;

/// <summary>What to record.</summary>
/// <param name="Checkpoint">The weights.</param>
/// <param name="Images">Folder of training photographs; null for MNIST.</param>
/// <param name="Count">Pictures to record.</param>
/// <param name="Trials">Pictures that tell how much each layer's coding changes the predictions.</param>
/// <param name="AllPlaces">Whether convolutions are recorded at every place.</param>
/// <param name="Output">The calibration; null for beside the checkpoint.</param>
internal sealed record CalibrationOptions(string Checkpoint, string? Images, int Count, int Trials, bool AllPlaces, string? Output);
