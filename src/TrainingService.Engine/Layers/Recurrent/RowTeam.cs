using static TorchSharp.torch;

namespace TrainingService.Engine.Layers;

/// <summary>The rows of a batch in as many parts as libtorch has threads here. Which thread takes a part changes nothing of its result.</summary>
internal readonly record struct RowTeam
{
    private const int TileRows = 4;

    // To wake another thread takes about as long as this many products and sums.
    private const double ProductsOfAStart = 4e6;

    private readonly int _rows, _each;

    /// <param name="rows">Rows of the batch.</param>
    /// <param name="products">Products and sums of all of them.</param>
    public RowTeam(int rows, double products)
    {
        var tiles = (rows + TileRows - 1) / TileRows;
        var parts = (int)Math.Clamp(products / ProductsOfAStart, 1, Math.Min(get_num_threads(), tiles));
        _rows = rows;
        _each = (tiles + parts - 1) / parts * TileRows;
    }

    /// <summary>How many parts there are.</summary>
    public int Parts => (_rows + _each - 1) / _each;

    /// <summary>Rows of the largest part.</summary>
    public int RowsOfPart => Math.Min(_rows, _each);

    /// <summary>Does all parts: number of the part, its first row, the row behind its last.</summary>
    public void Run(Action<int, int, int> part)
    {
        var (rows, each) = (_rows, _each);
        if (Parts == 1)
            part(0, 0, rows);
        else
            Parallel.For(0, Parts, new ParallelOptions { MaxDegreeOfParallelism = Parts }, number => part(number, number * each, Math.Min(rows, (number + 1) * each)));
    }
}
