namespace TrainingService.Engine.Tests.Training;

/// <summary>A folder for a run's files.</summary>
internal sealed class OutputFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("engine-tests-").FullName;

    public byte[] Read(string name) => File.ReadAllBytes(System.IO.Path.Combine(Path, name));

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
