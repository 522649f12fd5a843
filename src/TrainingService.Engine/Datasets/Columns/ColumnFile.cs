using System.Security.Cryptography;
using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Datasets.Formats;

namespace TrainingService.Engine.Datasets.Columns;

/// <summary>A file of a column while it is written: buffered, hashed on the way, and open only while a buffer is written.</summary>
/// <remarks>Thousands of columns would otherwise be thousands of open files.</remarks>
internal sealed class ColumnFile : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly WrittenBytes _written;
    private readonly string _path;
    private readonly string _name;

    public ColumnFile(string directory, string name, WrittenBytes written)
    {
        (_path, _name, _written) = (Path.Combine(directory, name), name, written);
        using var created = File.OpenHandle(_path, FileMode.CreateNew, FileAccess.Write);
    }

    /// <summary>Bytes so far.</summary>
    public long Length { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        _written.Add(bytes.Length);
        using (var file = File.OpenHandle(_path, FileMode.Open, FileAccess.Write))
            RandomAccess.Write(file, bytes, Length);
        _hash.AppendData(bytes);
        Length += bytes.Length;
    }

    /// <summary>Brings the file to the disk.</summary>
    public DatasetFile Finish()
    {
        using (var file = File.OpenHandle(_path, FileMode.Open, FileAccess.Write))
            RandomAccess.FlushToDisk(file);
        return new DatasetFile(_name, Convert.ToHexStringLower(_hash.GetCurrentHash()), Length);
    }

    public void Delete() => File.Delete(_path);

    public void Dispose() => _hash.Dispose();
}

/// <summary>What all columns of a data set may write, and have written.</summary>
/// <param name="largest">Bytes.</param>
internal sealed class WrittenBytes(long largest)
{
    private long _written;

    public void StartOver() => Interlocked.Exchange(ref _written, 0);

    /// <exception cref="IngestException">More than is allowed.</exception>
    public void Add(long bytes)
    {
        if (Interlocked.Add(ref _written, bytes) > largest)
            throw new IngestException(DatasetErrorCodes.TooLarge, $"expected at most {largest} bytes of columns. Received: more.", null);
    }
}
