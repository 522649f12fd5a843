namespace TrainingService.Engine.Layers;

/// <summary>
/// Sizes of an LSTM over a batch, and how it lies in memory: step by step; features and units fill whole vectors, whose last numbers are
/// zero; and of every vector of units the gates i, f, c, o lie side by side.
/// </summary>
/// <param name="Batch">Rows of the batch.</param>
/// <param name="Time">Steps.</param>
/// <param name="Features">Numbers of a step.</param>
/// <param name="Units">Numbers of the state.</param>
/// <param name="Lanes">Numbers in a vector.</param>
internal readonly record struct LstmSizes(int Batch, int Time, int Features, int Units, int Lanes)
{
    private const int GateCount = 4;

    /// <summary>Vectors of units.</summary>
    public int Blocks => Vectors(Units);

    /// <summary>Numbers of a step's state.</summary>
    public int State => Blocks * Lanes;

    /// <summary>Numbers of a step's features.</summary>
    public int Input => Vectors(Features) * Lanes;

    /// <summary>Numbers that the kernels meet: the features, and the state behind them.</summary>
    public int Row => Input + State;

    /// <summary>Numbers of a step's gates.</summary>
    public int Gates => GateCount * State;

    /// <summary>Products and sums of all steps.</summary>
    public double Products => (double)Batch * Time * Gates * Row;

    /// <summary>Where Keras's row (gate, unit) of a kernel is among ours.</summary>
    public int Place(int row)
    {
        var (gate, unit) = (row / Units, row % Units);
        return (unit / Lanes * GateCount + gate) * Lanes + unit % Lanes;
    }

    private int Vectors(int numbers) => (numbers + Lanes - 1) / Lanes;
}
