"""Files of records are read and kept by runs; what was only looked at so far is forgotten

Revision: 0014, after 0013
"""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


KINDS = ['orders', 'items', 'reference', 'proof', 'details', 'alignment', 'gaps', 'missing', 'file', 'apply']
NEW = ['records']


def _kinds(words):
    """What a run may be of from now on."""
    allowed = ', '.join(f"'{word}'" for word in words)
    with op.batch_alter_table('runs', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_runs_runkind'), type_='check')
        batch_op.create_check_constraint(op.f('ck_runs_runkind'), f'kind IN ({allowed})')


def _uploads(*columns, **options):
    op.drop_index(op.f('ix_exchange_uploads_store_id_uploaded_at'), 'exchange_uploads')
    op.drop_table('exchange_uploads')
    op.create_table('exchange_uploads',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('store_id', sa.Integer(), nullable=False),
    sa.Column('names', sa.Text(), nullable=False),
    *columns,
    sa.Column('records', sa.Text(), nullable=False),
    sa.Column('troubles', sa.Text(), nullable=False),
    sa.Column('uploaded_at', sa.DateTime(), nullable=False),
    sa.Column('kept_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['store_id'], ['stores.id'], name=op.f('fk_exchange_uploads_store_id_stores')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exchange_uploads')),
    **options
    )
    with op.batch_alter_table('exchange_uploads', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_exchange_uploads_store_id_uploaded_at'), ['store_id', 'uploaded_at'], unique=False)


def upgrade():
    _uploads(
        sa.Column('state', sa.Enum('reading', 'checked', 'keeping', 'kept', name='filesstate', native_enum=False, create_constraint=True, length=15), nullable=False),
        sa.Column('counts', sa.JSON(), nullable=False),
        sa.Column('kept_to', sa.Integer(), nullable=False),
        sa.Column('results', sa.JSON(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table('exchange_files',
    sa.Column('upload_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['upload_id'], ['exchange_uploads.id'], name=op.f('fk_exchange_files_upload_id_exchange_uploads')),
    sa.PrimaryKeyConstraint('upload_id', 'place', name=op.f('pk_exchange_files'))
    )
    _kinds([*KINDS, *NEW])


def downgrade():
    op.drop_table('exchange_files')
    _uploads(sa.Column('results', sa.Text(), nullable=False))
    op.execute("DELETE FROM runs WHERE kind IN ('records')")
    _kinds(KINDS)
