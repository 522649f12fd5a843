namespace TrainingService.Engine.Datasets.Formats.Images;

/// <summary>What a picture's header says.</summary>
/// <param name="Height">Rows of pixels.</param>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Channels">1 of a grey picture, else 3; transparency is left out.</param>
public readonly record struct ImageSize(int Height, int Width, int Channels);
