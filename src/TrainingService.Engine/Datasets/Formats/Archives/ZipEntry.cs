namespace TrainingService.Engine.Datasets.Formats.Archives;

/// <summary>A file or folder in a zip archive, as its directory says.</summary>
/// <param name="Name">Path with <c>/</c>; a folder's ends with one.</param>
/// <param name="Segments">The path's parts.</param>
internal sealed record ZipEntry(string Name, string[] Segments)
{
    /// <summary>Unpacked bytes.</summary>
    public required long Length { get; init; }

    public required long PackedLength { get; init; }

    /// <summary>Where its local header begins.</summary>
    public required long Offset { get; init; }

    /// <summary>0 stored, 8 deflated.</summary>
    public required ushort Method { get; init; }

    public required uint Crc32 { get; init; }

    public bool IsFolder => Name.EndsWith('/');
}
