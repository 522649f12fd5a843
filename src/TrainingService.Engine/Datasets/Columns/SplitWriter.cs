using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Columns;

/// <summary>The columns of one split while they are written.</summary>
public sealed class SplitWriter
{
    internal SplitWriter(string name, IReadOnlyList<ColumnWriter> columns) => (Name, Columns) = (name, columns);

    /// <summary>Name of the split.</summary>
    public string Name { get; }

    /// <summary>In the order in which they were declared.</summary>
    public IReadOnlyList<ColumnWriter> Columns { get; }

    /// <summary>The writer of a column whose rows have one size.</summary>
    public FixedColumnWriter Fixed(int column) => (FixedColumnWriter)Columns[column];

    /// <summary>The writer of a column whose rows differ in length: texts, encoded images, sequences.</summary>
    public VaryingColumnWriter Varying(int column) => (VaryingColumnWriter)Columns[column];

    /// <summary>The writer of a column of classes: int32, single values, with a list of classes, which is empty where they are to be collected.</summary>
    public ClassColumnWriter Classes(int column) => (ClassColumnWriter)Columns[column];
}
