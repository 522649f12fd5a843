using System.Buffers;
using System.Text.Unicode;
using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Datasets.Columns;
using TrainingService.Engine.Datasets.Formats.Folders;

namespace TrainingService.Engine.Datasets.Formats;

/// <summary>Zips of <c>.txt</c> files with a folder per class, as Keras's <c>text_dataset_from_directory</c> reads them: columns <c>text</c>, <c>label</c>, <c>file</c>.</summary>
public sealed class TextFolderFormat : IFormatReader
{
    /// <summary>Longest text.</summary>
    public const int LongestBytes = 16 << 20;

    /// <inheritdoc />
    public void Read(IngestFiles files, IngestOptions options, ColumnWriterSet output, IngestProgress progress, CancellationToken ct)
    {
        using var folders = new ClassFolders(files, options, name => name.EndsWith(".txt", StringComparison.OrdinalIgnoreCase), "texts (.txt)");
        output.Declare(ColumnRoles.Assign([new ColumnInfo("text", ColumnRole.Feature, ColumnInfo.TextDtype, new()), .. folders.MoreColumns], options, null));
        foreach (var (name, rows) in folders.Splits)
        {
            var split = output.Split(name);
            foreach (var file in rows)
            {
                ct.ThrowIfCancellationRequested();
                Append(split, file);
                progress.AddBytes(file.Entry.PackedLength);
                progress.AddRows(1);
            }
        }
    }

    private static void Append(SplitWriter split, ClassFile file)
    {
        var bytes = file.Archive.Read(file.Entry, LongestBytes);
        try
        {
            ReadOnlySpan<byte> text = bytes;
            if (text.StartsWith("\ufeff"u8))
                text = text[3..];
            if (!Utf8.IsValid(text))
                throw file.Refuse(DatasetErrorCodes.BadValue, $"expected UTF-8. Received: other bytes at {FirstInvalid(text)}.");
            if (text.Contains((byte)0))
                throw file.Refuse(DatasetErrorCodes.BadValue, $"expected text. Received: a NUL at byte {text.IndexOf((byte)0)}.");
            split.Varying(0).Append(text);
            ClassFolders.Append(split, file);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes.Array!);
        }
    }

    private static int FirstInvalid(ReadOnlySpan<byte> text)
    {
        var at = 0;
        while (at < text.Length && System.Text.Rune.DecodeFromUtf8(text[at..], out _, out var length) == OperationStatus.Done)
            at += length;
        return at;
    }
}
