namespace TrainingService.Domain.Datasets.BuiltIn;

/// <summary>A data set that Keras knows by name. Its files come from the operator's mirrors or from where Keras takes them.</summary>
/// <param name="Name">Keras's name.</param>
/// <param name="Description">One line.</param>
/// <param name="Licence">Under which terms the data may be used.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="Files">All of them are needed.</param>
public sealed record BuiltInDataset(string Name, string Description, string Licence, string Source, IReadOnlyList<BuiltInFile> Files);

/// <summary>A file of a built-in data set, known by its content.</summary>
/// <param name="Name">Its name, below the address of a mirror.</param>
/// <param name="Origin">The folder where its makers, or Keras, have it.</param>
/// <param name="Sha256">Digests that are accepted, lower-case hex: several where the same content is packed in several ways.</param>
public sealed record BuiltInFile(string Name, Uri Origin, IReadOnlyList<string> Sha256);
