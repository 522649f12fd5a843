using System.IO.MemoryMappedFiles;

namespace TrainingService.Engine.Datasets.Columns;

/// <summary>A file in memory, to be read only.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;

    private MappedFile(string path)
    {
        Name = Path.GetFileName(path);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        Length = stream.Length;
        if (Length == 0)
            return; // an empty file cannot be mapped
        _file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = _file.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        Start = start;
    }

    public string Name { get; }

    public long Length { get; }

    /// <summary>First byte; null when the file is empty.</summary>
    public byte* Start { get; private set; }

    /// <exception cref="DatasetException">It cannot be read.</exception>
    public static MappedFile Open(string path)
    {
        try
        {
            return new MappedFile(path);
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{Path.GetFileName(path)} cannot be read: {broken.Message}", broken);
        }
    }

    public void Dispose()
    {
        if (Start is not null)
            _view!.SafeMemoryMappedViewHandle.ReleasePointer();
        Start = null;
        _view?.Dispose();
        _file?.Dispose();
    }
}
