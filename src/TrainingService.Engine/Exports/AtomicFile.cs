namespace TrainingService.Engine.Exports;

/// <summary>Files that are whole or absent.</summary>
public static class AtomicFile
{
    /// <summary>Writes to a temporary name beside the file, brings it to the disk, then renames it.</summary>
    /// <param name="path">The file; replaced when it exists.</param>
    /// <param name="write">Writes the content.</param>
    public static void Write(string path, Action<Stream> write)
    {
        var draft = $"{path}.{Path.GetRandomFileName()}.tmp";
        try
        {
            using (var stream = new FileStream(draft, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(draft, path, overwrite: true);
        }
        finally
        {
            File.Delete(draft);
        }
    }
}
