namespace TrainingService.Engine.Datasets.Formats.Tables;

/// <summary>Fills what it is asked for as far as there is text: a reader that looks for the end of a row begins anew after each part it gets.</summary>
internal sealed class BlockReader(TextReader inner) : TextReader
{
    public override int Read(char[] buffer, int index, int count) => inner.ReadBlock(buffer, index, count);

    public override int Read(Span<char> buffer) => inner.ReadBlock(buffer);

    public override int Read() => inner.Read();

    public override int Peek() => inner.Peek();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
